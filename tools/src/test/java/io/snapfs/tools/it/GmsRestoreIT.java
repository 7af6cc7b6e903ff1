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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** A worker that was checkpointed and has ended, and whose weights are in the store. */
  private ContractWorker checkpointed() throws Exception {
    List<String> variables =
        environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    try (RunningGms server = new RunningGms(sockets, environment)) {
      ContractWorker worker = ContractWorker.bytes(control, sockets, variables);
      assertEquals("0", worker.await("live-imports").strip());
      succeed(
          "checkpoint", worker.pid(), "--store", store, "--name", "w", "--control-dir", control);
      worker.awaitEnd();
      succeed("gms", "save", "--store", store, "--name", "weights", "--socket-dir", sockets);
      assertTrue(server.isAlive());
      return worker;
    }
  }

  /** Null for none. */
  private RunningDaemon daemon(boolean wanted) throws Exception {
    return wanted
        ? new RunningDaemon(folder.resolve("daemon"), environment, "--weights-cache", "256M")
        : null;
  }

  private Object[] restore(RunningDaemon daemon, String weights) {
    return new Object[] {
      "restore",
      store,
      "w",
      "--detach",
      "--control-dir",
      control,
      "--gms-load",
      weights,
      "--gms-socket-dir",
      sockets,
      daemon == null ? "--no-daemon" : "--daemon=" + daemon.folder()
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void weightsAreLoadedBesideTheRestore(boolean byDaemon) throws Exception {
    try (ContractWorker worker = checkpointed();
        RunningGms server = new RunningGms(sockets, environment);
        RunningDaemon daemon = daemon(byDaemon)) {
      final String before = sum(worker.await("ready"));
      worker.tell("go");
      String restored = succeed(restore(daemon, "weights"));
      assertTrue(restored.contains("load the weights"), restored);
      assertEquals(byDaemon, restored.contains("by the daemon"), restored);
      assertFalse(restored.contains("without it"), restored);
      assertEquals(before, sum(worker.await("done")));
      worker.await("bytes-restore-ready");
      assertTrue(server.isAlive());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void weightsThatCannotBeLoadedEndTheRestoredProcess(boolean byDaemon) throws Exception {
    try (ContractWorker worker = checkpointed();
        RunningDaemon daemon = daemon(byDaemon)) {
      Command.Outcome missing = snapfs(restore(daemon, "nothing"));
      assertEquals(1, missing.code(), missing.output());
      assertTrue(missing.output().contains("no artifact nothing"), missing.output());
      Command.Outcome outcome = snapfs(restore(daemon, "weights"));
      assertEquals(1, outcome.code(), outcome.output());
      assertTrue(outcome.output().contains("weights can't be loaded"), outcome.output());
      assertTrue(outcome.output().contains("snapfs gms serve"), outcome.output());
      assertFalse(outcome.output().contains("as process " + worker.pid()), outcome.output());
      assertFalse(Files.exists(control.resolve("done")), "it was restored");
      if (byDaemon) {
        daemon.end(); // nothing is left that it waits for
      }
    }
  }
}
