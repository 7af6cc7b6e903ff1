package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.profile.Recording;
import io.snapfs.format.profile.RecordingFile;
import io.snapfs.format.store.Store;
import io.snapfs.tools.Cli;
import io.snapfs.tools.StoreFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code snapfs profile} and {@code prefetch}, and what others say of profiles. */
final class ProfileCommandsTest {
  @TempDir private Path dir;
  private StoreFixture fixture;
  private Path recording;

  @BeforeEach
  void pack() throws IOException {
    fixture = new StoreFixture(dir);
    fixture.pack(fixture.checkpoint(), "w:1");
    recording = record(dir.resolve("recording"), fixture.store(), "w:1");
  }

  /** Makes a recording of the last and the first chunk of an artifact. */
  static Path record(Path file, Path store, String name) throws IOException {
    ArtifactRef ref = ArtifactRef.parse(name);
    try (Store open = Store.open(store)) {
      Manifest manifest = open.manifest(ref);
      int last = manifest.chunkCount() - 1;
      Profile profile = Profile.of(manifest.contentId(), manifest.chunkCount(), last, 0);
      RecordingFile.write(file, List.of(new Recording(ref, profile)));
    }
    return file;
  }

  private List<Path> blobs() throws IOException {
    try (Stream<Path> files = Files.walk(fixture.store().resolve("profiles"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static void assertFails(int code, String message, Cli.Result result) {
    assertEquals(code, result.code(), result.err());
    assertEquals("", result.out());
    assertTrue(result.err().contains(message), "no '" + message + "' in: " + result.err());
  }

  @Test
  void addShowAndRemove() throws IOException {
    Path store = fixture.store();
    Cli.Result added = Cli.run("profile", "add", store, "w:1", recording);
    assertEquals(ExitCode.OK, added.code(), added.err());
    assertTrue(added.out().startsWith("added a profile of w:1: 2 of "), added.out());
    Cli.Result shown = Cli.run("profile", "show", store, "w:1");
    assertTrue(shown.out().startsWith("profile of w:1: 2 of "), shown.out());
    assertTrue(shown.out().contains("\nFILE "), shown.out());
    assertTrue(Cli.run("inspect", store, "w:1").out().contains("profile"));
    Map<String, String> listed = JsonFields.of(Cli.run("ls", store, "--json").out());
    assertEquals("2", listed.get("artifacts[].profile_chunks"));
    assertEquals(new Cli.Result(ExitCode.OK, "", ""), Cli.run("profile", "rm", store, "w:1"));
    assertEquals(List.of(), blobs());
    assertFails(1, "has no profile", Cli.run("profile", "rm", store, "w:1"));
    assertFails(1, "'snapfs mount --record'", Cli.run("profile", "show", store, "w:1"));
    assertFalse(Cli.run("ls", store, "--json").out().contains("profile_chunks"));
  }

  @Test
  void recordingsOfOtherContentAndDamagedOnesAreRefused() throws IOException {
    Path store = fixture.store();
    Cli.run("rm", store, "w:1");
    fixture.pack(dir.resolve("checkpoint/gms"), "w:1");
    assertFails(
        1, "was recorded from another w:1", Cli.run("profile", "add", store, "w:1", recording));
    fixture.pack(dir.resolve("checkpoint"), "again");
    assertEquals(0, Cli.run("profile", "add", store, "again", recording).code());
    StoreFixture.damage(recording, 100);
    assertFails(3, "record it again", Cli.run("profile", "add", store, "again", recording));
    assertFails(1, "there is no recording", Cli.run("profile", "add", store, "w:1", dir + "/no"));
    assertFails(2, "which command", Cli.run("profile"));
    assertFails(2, "there is no command 'ad'", Cli.run("profile", "ad"));
  }

  @Test
  void gcTakesTheProfileOfARemovedArtifact() throws IOException {
    Path store = fixture.store();
    Cli.run("profile", "add", store, "w:1", recording);
    Cli.run("rm", store, "w:1");
    assertEquals(1, blobs().size());
    Map<String, String> gc = JsonFields.of(Cli.run("gc", store, "--json").out());
    assertEquals("1", gc.get("profiles_deleted"));
    assertEquals(List.of(), blobs());
  }

  @Test
  void aDamagedProfileIsFoundByVerifyAndDoesNotKeepOthersFromWorking() throws IOException {
    Path store = fixture.store();
    Cli.run("profile", "add", store, "w:1", recording);
    StoreFixture.damage(blobs().get(0), 30);
    Cli.Result verified = Cli.run("verify", store);
    assertEquals(ExitCode.DAMAGE, verified.code());
    assertTrue(verified.err().contains("w:1 is read without it"), verified.err());
    assertFails(3, "is damaged", Cli.run("profile", "show", store, "w:1"));
    Cli.Result listed = Cli.run("ls", store);
    assertEquals(ExitCode.OK, listed.code());
    assertTrue(listed.err().contains("the profile of w:1 is not used"), listed.err());
    assertEquals(ExitCode.OK, Cli.run("unpack", store, "w:1", dir.resolve("out")).code());
    assertEquals(ExitCode.OK, Cli.run("profile", "rm", store, "w:1").code());
    assertEquals(ExitCode.OK, Cli.run("verify", store).code());
  }

  @Test
  void prefetchReadsAllThatIsStored() throws IOException {
    Path store = fixture.store();
    Cli.Result text = Cli.run("prefetch", store, "w:1");
    assertEquals(ExitCode.OK, text.code(), text.err());
    assertTrue(text.out().matches("prefetched w:1: \\S+ KiB in \\S+ s, \\S+ GB/s\n"), text.out());
    long stored =
        Long.parseLong(
            JsonFields.of(Cli.run("inspect", store, "w:1", "--json").out()).get("stored_bytes"));
    for (int jobs : new int[] {1, 16}) {
      Cli.Result json = Cli.run("prefetch", store, "w:1", "--jobs", jobs, "--json");
      assertEquals(
          stored + Files.size(fixture.manifest("w", "1")),
          Long.parseLong(JsonFields.of(json.out()).get("read_bytes")));
    }
    assertFails(2, "from 1 to 256", Cli.run("prefetch", store, "w:1", "--jobs", "0"));
    assertFails(1, "no artifact x:latest", Cli.run("prefetch", store, "x"));
  }

  @Test
  void prefetchDecodesOnPurpose() throws IOException {
    Path store = fixture.store();
    Path node = dir.resolve("node");
    Cli.Result first = Cli.run("prefetch", store, "w:1", "--materialize", node);
    assertEquals(ExitCode.OK, first.code(), first.err());
    assertTrue(first.out().startsWith("materialised w:1 in " + node + ": 1 files, "), first.out());
    assertTrue(first.out().contains("; 1 of them now, "), first.out());
    Cli.Result second = Cli.run("prefetch", store, "w:1", "--materialize", node);
    assertTrue(second.out().contains("; 0 of them now, "), second.out());
    assertTrue(Cli.run("cache", "ls", node).out().contains("pages-1.img"));
    Cli.Result small =
        Cli.run(
            "prefetch",
            store,
            "w:1",
            "--materialize",
            dir.resolve("small"),
            "--materialize-size",
            "4K");
    assertEquals(ExitCode.OK, small.code(), small.err());
    assertTrue(small.out().contains("; no room for 1 files, "), small.out());
    assertFails(
        2, "needs --materialize", Cli.run("prefetch", store, "w:1", "--materialize-size", "1G"));
    assertFails(
        1,
        "can't keep materialised files",
        Cli.run("prefetch", store, "w:1", "--materialize", dir.resolve("no/such")));
  }
}
