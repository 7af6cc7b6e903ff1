package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.tools.Cli;
import io.snapfs.tools.StoreFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, how it is said, and that nothing has happened then. */
final class BadInputTest {
  @TempDir private Path dir;
  private StoreFixture fixture;
  private Path folder;

  @BeforeEach
  void makeFixture() throws IOException {
    fixture = new StoreFixture(dir);
    folder = fixture.checkpoint();
  }

  private static Cli.Result fails(int code, String message, Object... args) {
    Cli.Result result = Cli.run(args);
    assertEquals(code, result.code(), result.err());
    assertTrue(result.err().startsWith("snapfs: "), result.err());
    assertTrue(result.err().contains(message), "no '" + message + "' in:\n" + result.err());
    assertFalse(result.err().contains("\tat "), result.err());
    assertFalse(result.err().contains("internal error"), result.err());
    return result;
  }

  private Cli.Result packFails(int code, String message, Object... options) {
    Object[] args = {"pack", folder, "--store", fixture.store()};
    Object[] all = new Object[args.length + options.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(options, 0, all, args.length, options.length);
    Cli.Result result = fails(code, message, all);
    assertEquals("", result.out());
    return result;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/b",
        "../x",
        "..",
        "",
        ":",
        "a:",
        ":v1",
        "a:b:c",
        "-x",
        ".hidden",
        "a..b",
        "sp ace",
        "tab\t",
        "esc\u001b[31m",
        "größe",
        "a:v/1"
      })
  void namesThatCouldLeadAstray(String name) {
    Cli.Result result = packFails(ExitCode.USAGE, "for example: worker", "--name=" + name);
    assertFalse(result.err().contains("\u001b"), "control characters reach the terminal");
    assertFalse(Files.exists(fixture.store()), "a store was made");
  }

  @Test
  void namesAreCheckedInEveryCommand() {
    fixture.pack(folder, "worker");
    for (String command : new String[] {"inspect", "verify", "rm"}) {
      fails(ExitCode.USAGE, "bad artifact name", command, fixture.store(), "a/b");
    }
    fails(ExitCode.USAGE, "bad artifact name", "unpack", fixture.store(), "a/b", dir.resolve("x"));
  }

  @Test
  void aNameOfMoreThan128Characters() {
    packFails(ExitCode.USAGE, "1 to 128 letters", "--name", "x".repeat(129));
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "zstd:", "zstd:0", "zstd:99", "zstd:-1", "lz4:3", ""})
  void codecsThatThereAreNot(String codec) {
    packFails(ExitCode.USAGE, "for example: zstd:3", "--name=w", "--codec=" + codec);
  }

  @ParameterizedTest
  @ValueSource(strings = {"128K", "cdc", "cdc:", "cdc:1K", "cdc:5000", "fixed:64M", "rabin:4K"})
  void chunkingThatThereIsNot(String chunking) {
    packFails(ExitCode.USAGE, "for example: cdc:128K", "--name=w", "--chunking=" + chunking);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-3", "1025", "many", "99999999999"})
  void jobsThatMakeNoSense(String jobs) {
    packFails(ExitCode.USAGE, "--jobs", "--name=w", "--jobs=" + jobs);
  }

  @Test
  void labelsThatCannotBeStored() {
    packFails(ExitCode.USAGE, "--label", "--name=w", "--label=novalue");
    packFails(ExitCode.USAGE, "the key has 0 bytes", "--name=w", "--label==v");
    packFails(
        ExitCode.USAGE, "the key has 257 bytes", "--name=w", "--label", "k".repeat(257) + "=v");
    packFails(
        ExitCode.USAGE,
        "the value has 65537 bytes",
        "--name=w",
        "--label",
        "k=" + "v".repeat(65537));
  }

  @Test
  void partsThatThereAreNot() {
    packFails(ExitCode.USAGE, "is no type of part", "--name=w", "--part=a=model");
    packFails(ExitCode.USAGE, "must be relative", "--name=w", "--part=/a=weights");
  }

  @Test
  void anEmptyPathIsNotTheCurrentDirectory() {
    fails(ExitCode.USAGE, "the path is empty", "ls", "");
    fails(ExitCode.USAGE, "the path is empty", "pack", "", "--store", "s", "--name", "w");
  }

  @Test
  void whatIsMissingIsNamed() {
    fails(ExitCode.USAGE, "'--store=STORE'", "pack", folder, "--name", "w");
    fails(ExitCode.USAGE, "'--name=NAME[:TAG]'", "pack", folder, "--store", fixture.store());
    fails(ExitCode.USAGE, "DIR", "pack", "--store", fixture.store(), "--name", "w");
    fails(ExitCode.USAGE, "STORE", "ls");
    fails(ExitCode.USAGE, "NAME[:TAG]", "inspect", fixture.store());
  }

  @Test
  void whatIsPackedMustBeAFolder() throws IOException {
    folder = dir.resolve("no/such/folder");
    packFails(ExitCode.FAILURE, "no/such/folder", "--name", "w");
    folder = Files.writeString(dir.resolve("file"), "x");
    packFails(ExitCode.FAILURE, "file is not a folder", "--name", "w");
    assertFalse(Files.exists(fixture.store()), "a store was made");
  }

  @Test
  void aStoreIsNotMadeAmongOtherThings() {
    fails(
        ExitCode.FAILURE,
        "is not a snapfs store",
        "pack",
        folder,
        "--store",
        folder,
        "--name",
        "w");
    assertFalse(Files.exists(folder.resolve("snapfs.store")));
  }

  @Test
  void artifactsAreImmutable() {
    fixture.pack(folder, "w");
    packFails(ExitCode.FAILURE, "artifact w:latest exists already", "--name", "w");
  }

  @Test
  void anArtifactThatIsNotThere() {
    fixture.pack(folder, "there");
    Path target = dir.resolve("target");
    for (Object[] args :
        new Object[][] {
          {"inspect", fixture.store(), "w"},
          {"verify", fixture.store(), "w"},
          {"unpack", fixture.store(), "w", target},
          {"rm", fixture.store(), "w"}
        }) {
      Cli.Result result =
          fails(ExitCode.FAILURE, "no artifact w:latest in " + fixture.store(), args);
      assertTrue(result.err().contains("there is there:latest"), result.err());
    }
    assertFalse(Files.exists(target));
  }

  @Test
  void unpackingOverOtherFiles() throws IOException {
    fixture.pack(folder, "w");
    Path target = Files.createDirectories(dir.resolve("target"));
    Files.writeString(target.resolve("mine"), "x");
    fails(ExitCode.FAILURE, "target", "unpack", fixture.store(), "w", target);
    assertEquals("x", Files.readString(target.resolve("mine")));
    assertEquals(1, target.toFile().list().length);
  }
}
