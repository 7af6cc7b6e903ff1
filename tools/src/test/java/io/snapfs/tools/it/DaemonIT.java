package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code snapfs restore} with {@code snapfs daemon}. */
class DaemonIT {
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
  }

  @Test
  void itsRestoresAreLikeOthers() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 32);
        RunningDaemon daemon = new RunningDaemon(folder.resolve("daemon"))) {
      checkpointAndEnd(worker);
      String said =
          Command.snapfs(
                  "restore",
                  "store",
                  "w",
                  "--detach",
                  "--daemon",
                  daemon.folder(),
                  "--control-dir",
                  control)
              .in(folder)
              .succeed();
      assertTrue(said.contains("as process " + worker.pid() + " with CRIU "), said);
      assertTrue(said.contains("lazy by the daemon"), said);
      assertEquals("same", worker.await("result"));
      assertTrue(Files.exists(control.resolve("restore-complete")));
      assertTrue(Files.notExists(control.resolve("snapshot-complete")));
      daemon.awaitLog("process " + worker.pid() + " of w:latest is filled");
      daemon.end();
      try (Stream<Path> left = Files.list(daemon.folder().resolve("clients"))) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  @Test
  void whatIsWrongIsSaidAsWithoutIt() throws Exception {
    try (RunningDaemon daemon = new RunningDaemon(folder.resolve("daemon"))) {
      Path plain = Files.createDirectory(folder.resolve("plain"));
      Files.writeString(plain.resolve("file"), "text");
      Command.snapfs("pack", plain, "--store", store, "--name", "plain").succeed();
      assertFails(1, "snapfs: the artifact holds no process", daemon, "plain");
      assertFails(1, "snapfs: no artifact other:latest", daemon, "other");
      assertFails(2, "unknown option '--nonsense'", daemon, "plain", "--nonsense");
    }
  }

  private void assertFails(int code, String message, RunningDaemon daemon, Object... words)
      throws IOException {
    Object[] all =
        Stream.concat(
                Stream.of("restore", store, "--daemon=" + daemon.folder(), "--detach"),
                Stream.of(words))
            .toArray();
    Command.Outcome outcome = Command.snapfs(all).run();
    assertEquals(code, outcome.code(), outcome.output());
    assertTrue(outcome.output().contains(message), outcome.output());
  }

  @Test
  void inTheForegroundItIsNotAsked() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 8);
        RunningDaemon daemon = new RunningDaemon(folder.resolve("daemon"))) {
      checkpointAndEnd(worker);
      worker.tell("exit");
      Command.Outcome outcome =
          Command.snapfs(
                  "restore", store, "w", "--daemon", daemon.folder(), "--control-dir", control)
              .run();
      assertEquals(7, outcome.code(), outcome.output());
      assertTrue(outcome.output().contains("the daemon is for --detach"), outcome.output());
      assertEquals("same", worker.await("result"));
    }
  }

  @Test
  void withADeadDaemonItRestoresByItself() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 8);
        RunningDaemon daemon = new RunningDaemon(folder.resolve("daemon"))) {
      checkpointAndEnd(worker);
      daemon.kill();
      String said =
          Command.snapfs(
                  "restore",
                  store,
                  "w",
                  "--detach",
                  "--daemon",
                  daemon.folder(),
                  "--control-dir",
                  control)
              .succeed();
      assertTrue(said.contains("is dead: restoring without it"), said);
      assertEquals("same", worker.await("result"));
      try (RunningDaemon next = new RunningDaemon(daemon.folder())) {
        Command.Outcome second = Command.snapfs("daemon", "--dir", next.folder()).run();
        assertEquals(1, second.code(), second.output());
        assertTrue(second.output().contains("serves " + next.folder() + " already"));
      }
    }
  }

  @Test
  void aFailureOfCriuIsExplained() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 8);
        RunningDaemon daemon = new RunningDaemon(folder.resolve("daemon"))) {
      checkpointAndEnd(worker);
      Files.delete(control.resolve("mapped"));
      Command.Outcome outcome =
          Command.snapfs("restore", store, "w", "--detach", "--daemon", daemon.folder()).run();
      assertEquals(1, outcome.code(), outcome.output());
      assertTrue(
          outcome.output().contains("mapped, which the process has open, is missing: put it back"),
          outcome.output());
      String log = outcome.output().strip().replaceFirst("(?s).*; log: ", "");
      assertTrue(Files.deleteIfExists(Path.of(log)), outcome.output());
      daemon.end(); // nothing is left that it waits for
    }
  }
}
