package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.tools.StandinDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose weights a GPU memory service owns, restored while they are loaded. */
class GmsRestoreIT {
  private static final Pattern SUM = Pattern.compile("\"sum\": ([0-9.]+)");

  @TempDir Path folder;
  private Path store;
  private Path control;
  private Path sockets;
  private Map<String, String> environment;

  @BeforeEach
  void prepare() throws IOException, InterruptedException {
    assumeTrue(System.getProperty("user.name").equals("root"), "CRIU needs root");
    store = folder.resolve("store");
    control = folder.resolve("control");
    sockets = folder.resolve("sockets");
    Path state = Files.createDirectories(folder.resolve("state"));
    Path library = StandinDriver.compileInto(folder);
    environment =
        Map.of("SNAPFS_LIBCUDA", library.toString(), "SNAPFS_STANDIN_STATE", state.toString());
  }

  private Command.Outcome snapfs(Object... words) throws IOException {
    return Command.snapfs(words).with(environment).run();
  }

  private String succeed(Object... words) throws IOException {
    return Command.snapfs(words).with(environment).succeed();
  }

  private static String sum(String answer) {
    Matcher matcher = SUM.matcher(answer);
    assertTrue(matcher.find(), answer);
    return matcher.group(1);
  }

  @Test
  void weightsAreLoadedBesideTheRestore() throws Exception {
    List<String> variables =
        environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    ContractWorker worker;
    try (RunningGms server = new RunningGms(sockets, environment)) {
      worker = ContractWorker.bytes(control, sockets, variables);
      assertEquals("0", worker.await("live-imports").strip());
      succeed(
          "checkpoint", worker.pid(), "--store", store, "--name", "w", "--control-dir", control);
      worker.awaitEnd();
      succeed("gms", "save", "--store", store, "--name", "weights", "--socket-dir", sockets);
      assertTrue(server.isAlive());
    }
    try (worker) {
      String before = sum(worker.await("ready"));
      worker.tell("go");
      try (RunningGms server = new RunningGms(sockets, environment)) {
        String restored =
            succeed(
                "restore",
                store,
                "w",
                "--detach",
                "--control-dir",
                control,
                "--gms-load",
                "weights",
                "--gms-socket-dir",
                sockets);
        assertTrue(restored.contains("load the weights"), restored);
        assertEquals(before, sum(worker.await("done")));
        worker.await("bytes-restore-ready");
        assertTrue(server.isAlive());
      }
    }
  }

  @Test
  void weightsThatCannotBeLoadedEndTheRestoredProcess() throws Exception {
    List<String> variables =
        environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    ContractWorker worker;
    try (RunningGms server = new RunningGms(sockets, environment)) {
      worker = ContractWorker.bytes(control, sockets, variables);
      succeed(
          "checkpoint", worker.pid(), "--store", store, "--name", "w", "--control-dir", control);
      worker.awaitEnd();
      succeed("gms", "save", "--store", store, "--name", "weights", "--socket-dir", sockets);
      assertTrue(server.isAlive());
    }
    try (worker) {
      Command.Outcome missing =
          snapfs("restore", store, "w", "--gms-load", "nothing", "--gms-socket-dir", sockets);
      assertEquals(1, missing.code(), missing.output());
      assertTrue(missing.output().contains("no artifact nothing"), missing.output());
      Command.Outcome outcome =
          snapfs("restore", store, "w", "--gms-load", "weights", "--gms-socket-dir", sockets);
      assertEquals(1, outcome.code(), outcome.output());
      assertTrue(outcome.output().contains("weights can't be loaded"), outcome.output());
      assertTrue(outcome.output().contains("snapfs gms serve"), outcome.output());
      assertFalse(Files.exists(control.resolve("done")), "it was restored");
    }
  }
}
