package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.tools.Cli;
import io.snapfs.tools.StoreFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands do, and say, on a store that is all right. */
final class CommandsTest {
  @TempDir private Path dir;
  private StoreFixture fixture;

  @BeforeEach
  void makeFixture() {
    fixture = new StoreFixture(dir);
  }

  private static String ok(Object... args) {
    Cli.Result result = Cli.run(args);
    assertEquals(ExitCode.OK, result.code(), result.err());
    assertEquals("", result.err());
    return result.out();
  }

  private static void assertHas(String text, String... parts) {
    for (String part : parts) {
      assertTrue(text.contains(part), "no '" + part + "' in:\n" + text);
    }
  }

  @Test
  void fromPackToGc() throws IOException {
    Path folder = fixture.checkpoint();
    Path store = fixture.store();
    String packed =
        ok("pack", folder, "--store", store, "--name", "worker:v1", "--label", "model=llama-8b");
    assertHas(packed, "packed worker:v1: 8 files", "criu", "weights", "gms/device-0");

    assertHas(ok("ls", store), "ARTIFACT", "worker:v1", "8");
    assertHas(
        ok("inspect", store, "worker:v1"),
        "worker:v1",
        "  model  llama-8b",
        "criu.version",
        "4.1.1",
        "rootfs-diff",
        "cdc, 32.0 KiB to 512.0 KiB");
    assertHas(
        ok("inspect", store, "worker:v1", "--files"),
        "  pages-1.img\n",
        "  gms/device-0/shards/shard_0000.bin\n",
        "  link -> manifest.yaml\n");
    assertHas(ok("stats", store), "worker:v1", "1.00x");
    assertHas(ok("verify", store), "decoded and checked 1 artifacts, 1 packs", "no damage");
    assertHas(ok("verify", store, "worker:v1", "--quick"), "checked 1 artifacts", "no damage");

    Path copy = dir.resolve("copy");
    assertHas(ok("unpack", store, "worker:v1", copy), "unpacked worker:v1: 8 files");
    assertSameFiles(folder, copy);

    assertEquals("", ok("rm", store, "worker:v1"));
    assertFalse(ok("ls", store).contains("worker"));
    assertHas(ok("gc", store, "--dry-run"), "would free", "1 packs deleted");
    assertTrue(Files.exists(fixture.onlyPack()));
    assertHas(ok("gc", store), "freed", "1 packs deleted");
    assertHas(ok("gc", store), "freed 0 B: 0 packs deleted");
  }

  private static void assertSameFiles(Path expected, Path actual) throws IOException {
    List<Path> names = namesIn(expected);
    assertEquals(names, namesIn(actual));
    for (Path name : names) {
      if (Files.isRegularFile(expected.resolve(name))) {
        assertArrayEquals(
            Files.readAllBytes(expected.resolve(name)),
            Files.readAllBytes(actual.resolve(name)),
            name.toString());
      }
    }
  }

  private static List<Path> namesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return new ArrayList<>(files.map(folder::relativize).sorted().toList());
    }
  }

  @Test
  void aTagIsLatestIfNoneIsGiven() throws IOException {
    fixture.pack(fixture.checkpoint(), "worker");
    assertHas(ok("ls", fixture.store()), "worker:latest");
    assertHas(ok("inspect", fixture.store(), "worker:latest"), "worker:latest");
    ok("rm", fixture.store(), "worker");
  }

  @Test
  void theSecondArtifactSharesWhatIsTheSame() throws IOException {
    Path folder = fixture.checkpoint();
    fixture.pack(folder, "worker:1");
    String second = ok("pack", folder, "--store", fixture.store(), "--name", "worker:2");
    assertHas(second, "of which new 0 B in 0");
    assertHas(ok("stats", fixture.store()), "2.00x");
  }

  @Test
  void codecsAndChunkingAreTheUsers() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("text"));
    Files.writeString(folder.resolve("a"), "the same again and again ".repeat(10_000));
    for (String codec : List.of("auto", "raw", "lz4", "zstd", "zstd:19")) {
      String name = "t:" + codec.replace(':', '-');
      Path store = dir.resolve("store-" + codec);
      ok(
          "pack",
          folder,
          "--store",
          store,
          "--name",
          name,
          "--codec",
          codec,
          "--chunking",
          "fixed:64K",
          "--jobs",
          "1");
      String details = ok("inspect", store, name);
      assertHas(details, "fixed, 64.0 KiB to 64.0 KiB");
      assertHas(details, "\n" + (codec.equals("auto") ? "zstd" : codec.replaceAll(":.*", "")));
    }
  }

  @Test
  void partsAreTheUsersToo() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("folder"));
    Files.write(folder.resolve("model.bin"), fixture.noise(5000));
    String packed =
        ok(
            "pack",
            folder,
            "--store",
            fixture.store(),
            "--name",
            "m",
            "--part",
            "model.bin=weights");
    assertHas(packed, "weights      1  4.9 KiB  model.bin");
  }

  @Test
  void noProgressIsShownInPipes() throws IOException {
    Path folder = fixture.checkpoint();
    Cli.Result result = Cli.run("pack", folder, "--store", fixture.store(), "--name", "w");
    assertEquals("", result.err());
  }

  @Test
  void verboseTellsMoreOnStandardErrorOnly() throws IOException {
    fixture.pack(fixture.checkpoint(), "w");
    Cli.Result result = Cli.run("ls", fixture.store(), "-v");
    assertEquals(Cli.run("ls", fixture.store()).out(), result.out());
    assertEquals(ExitCode.OK, result.code());
  }
}
