package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code snapfs restore} says, and leaves alone, where something is wrong. */
class RestoreMistakesIT {
  @TempDir Path folder;
  private Path store;
  private Path control;

  @BeforeEach
  void prepare() {
    assumeTrue(System.getProperty("user.name").equals("root"), "CRIU needs root");
    store = folder.resolve("store");
    control = folder.resolve("control");
  }

  private void checkpointAndEnd(ContractWorker worker) throws Exception {
    Command.snapfs(
            "checkpoint",
            worker.pid(),
            "--store",
            store,
            "--name",
            "w",
            "--control-dir",
            worker.control())
        .succeed();
    worker.awaitEnd();
    Files.delete(control.resolve("snapshot-complete"));
  }

  private static void assertFails(String message, Command.Outcome outcome) {
    assertEquals(1, outcome.code(), outcome.output());
    assertTrue(outcome.output().contains(message), outcome.output());
  }

  @Test
  void ofTwoRestoresAtOnceOneHasTheProcess() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 32)) {
      checkpointAndEnd(worker);
      List<CompletableFuture<Command.Outcome>> both =
          List.of(
              CompletableFuture.supplyAsync(this::restore),
              CompletableFuture.supplyAsync(this::restore));
      List<Command.Outcome> outcomes = both.stream().map(CompletableFuture::join).toList();
      int failed = outcomes.get(0).code() == 0 ? 1 : 0;
      assertEquals(0, outcomes.get(1 - failed).code(), outcomes::toString);
      assertFails("process id " + worker.pid(), outcomes.get(failed));
      assertTrue(outcomes.get(failed).output().contains(" in use"), outcomes::toString);
      worker.tell("restore-complete");
      assertEquals("same", worker.await("result"));
      assertFails("process id " + worker.pid(), restore()); // and so it stays
    }
  }

  private Command.Outcome restore() {
    try {
      return Command.snapfs("restore", store, "w", "--detach", "--no-daemon").run();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPagesFileThatItsPagemapContradicts() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 8)) {
      checkpointAndEnd(worker);
      Path images = folder.resolve("images");
      Command.snapfs("unpack", store, "w", images).succeed();
      Path shared = images.resolve("pages-1.img"); // that of a memfd, which CRIU reads itself
      for (Path pages : List.of(largest(images), shared)) {
        byte[] whole = Files.readAllBytes(pages);
        Files.write(pages, Arrays.copyOf(whole, whole.length / 2 & -4096));
        String name = "cut-" + pages.getFileName();
        Command.snapfs("pack", images, "--store", store, "--name", name).succeed();
        Files.write(pages, whole);
        Command.Outcome outcome = Command.snapfs("restore", store, name, "--detach").run();
        assertEquals(3, outcome.code(), outcome.output()); // damage
        assertTrue(outcome.output().contains(pages.getFileName().toString()), outcome.output());
        assertTrue(Files.notExists(Path.of("/proc", String.valueOf(worker.pid()))));
      }
    }
  }

  private static Path largest(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.max(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
    }
  }

  private Path packPlain() throws IOException {
    Path plain = Files.createDirectory(folder.resolve("plain"));
    Path file = Files.writeString(plain.resolve("file"), "text");
    Command.snapfs("pack", plain, "--store", store, "--name", "w").succeed();
    return file;
  }

  @Test
  void aControlFolderThatCannotBeWrittenTo() throws Exception {
    Path file = packPlain();
    Object[] words = {"restore", store, "w", "--control-dir", file};
    assertFails("there is no control folder " + file, Command.snapfs(words).run());
    Files.createDirectory(control);
    Command.of("mount", "-t", "tmpfs", "-o", "ro", "none", control).succeed();
    try {
      words[words.length - 1] = control;
      assertFails("read-only", lowerCase(Command.snapfs(words).run()));
    } finally {
      Command.of("umount", control).succeed();
    }
  }

  private static Command.Outcome lowerCase(Command.Outcome outcome) {
    return new Command.Outcome(outcome.code(), outcome.output().toLowerCase(Locale.ROOT));
  }

  @Test
  void aCriuThatIsTooOldOrFailsItsCheck() throws Exception {
    Path old = program("old", "echo Version: 3.10");
    Path failing = program("failing", "[ \"$1\" = check ] || echo Version: 4.2; exit 1");
    Path silent = program("silent", "exit 0");
    packPlain();
    for (Path each : List.of(old, failing, silent)) {
      Command.Outcome outcome = Command.snapfs("restore", store, "w", "--criu", each).run();
      assertFails(each.toString(), outcome);
      String why =
          each.equals(old)
              ? "is CRIU 3.10"
              : each.equals(failing) ? "fails its own check" : "does not say which version";
      assertFails(why, outcome);
    }
  }

  private Path program(String name, String script) throws IOException {
    Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void theRootFilesystemIsAsTheWorkerHadIt() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 8)) {
      checkpointAndEnd(worker);
      Path images = folder.resolve("images");
      Command.snapfs("unpack", store, "w", images).succeed();
      Path upper = Files.createDirectories(folder.resolve("upper/etc"));
      Files.writeString(upper.resolve("edited"), "new");
      Command.of("mknod", upper.resolve("whited-out"), "c", "0", "0").succeed();
      Command.of("tar", "-C", upper.getParent(), "-cf", images.resolve("rootfs-diff.tar"), "etc")
          .succeed();
      Files.writeString(images.resolve("deleted-files.json"), "[\"/etc/deleted\", \"/etc/none\"]");
      Command.snapfs("pack", images, "--store", store, "--name", "rooted").succeed();
      Path root = Files.createDirectories(folder.resolve("root/etc"));
      for (String name : List.of("edited", "whited-out", "deleted", "untouched")) {
        Files.writeString(root.resolve(name), "old");
      }
      Command.snapfs(
              "restore",
              store,
              "rooted",
              "--detach",
              "--rootfs",
              root.getParent(),
              "--control-dir",
              control)
          .succeed();
      assertEquals("same", worker.await("result"));
      assertEquals("new", Files.readString(root.resolve("edited")));
      assertEquals("old", Files.readString(root.resolve("untouched")));
      assertFalse(Files.exists(root.resolve("whited-out")));
      assertFalse(Files.exists(root.resolve("deleted")));
    }
  }
}
