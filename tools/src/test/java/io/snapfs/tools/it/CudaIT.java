package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.tools.StandinDriver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoint and restore of a process with CUDA state: a real process and a real CRIU, and the
 * stand-in for the driver.
 */
class CudaIT {
  private static final int RUNNING = 0;
  private static final int CHECKPOINTED = 2;

  /** Where the stand-in keeps the state in its file about a process. */
  private static final int STATE_AT = 8;

  @TempDir Path folder;
  private Path store;
  private Path library;
  private Path states;
  private ContractWorker worker;

  @BeforeEach
  void prepare() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "CRIU needs root");
    store = folder.resolve("store");
    library = StandinDriver.compileInto(folder);
    states = Files.createDirectory(folder.resolve("states"));
  }

  private Command.Outcome snapfs(Map<String, String> more, Object... arguments) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("SNAPFS_LIBCUDA", library.toString());
    environment.put("SNAPFS_STANDIN_STATE", states.toString());
    environment.putAll(more);
    return Command.snapfs(arguments).with(environment).run();
  }

  private Command.Outcome checkpoint(Object... more) throws IOException {
    Object[] words = {
      "checkpoint", worker.pid(), "--store", store, "--name", "w", "--control-dir", worker.control()
    };
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return snapfs(Map.of(), all);
  }

  private Command.Outcome restore(Map<String, String> more) throws IOException {
    return snapfs(
        more, "restore", store, "w", "--detach", "--no-daemon", "--control-dir", worker.control());
  }

  private int state() throws IOException {
    byte[] bytes = Files.readAllBytes(states.resolve(String.valueOf(worker.pid())));
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(STATE_AT);
  }

  private static void assertFails(String expected, Command.Outcome outcome) {
    assertEquals(1, outcome.code(), outcome.output());
    assertTrue(outcome.output().contains(expected), outcome.output());
  }

  @Test
  void stateComesBackWithTheProcess() throws Exception {
    try (ContractWorker started = ContractWorker.cuda(folder.resolve("control"), library, states)) {
      worker = started;
      Command.Outcome taken = checkpoint();
      assertEquals(0, taken.code(), taken.output());
      worker.awaitEnd();
      assertEquals(CHECKPOINTED, state());
      Files.delete(worker.control().resolve("snapshot-complete"));

      assertFails("can't be loaded", restore(Map.of("SNAPFS_LIBCUDA", "/nowhere/libcuda.so.1")));
      assertFails("bytes free", restore(Map.of("SNAPFS_STANDIN_MEMORY", "2097152")));
      assertFalse(Files.exists(worker.control().resolve("result")));
      assertEquals(CHECKPOINTED, state());

      Command.Outcome restored = restore(Map.of());
      assertEquals(0, restored.code(), restored.output());
      assertEquals("same", worker.await("result"));
      assertEquals(RUNNING, state());
    }
  }

  @Test
  void whenACheckpointFailsTheWorkerGoesOn() throws Exception {
    try (ContractWorker started = ContractWorker.cuda(folder.resolve("control"), library, states)) {
      worker = started;
      Path imports = worker.control().resolve("live-imports");
      Files.writeString(imports, "2\n");
      assertFails("still holds 2 imported handles", checkpoint());
      Files.writeString(imports, "0\n");
      assertFails("criu", checkpoint("--criu-opt=--no-such-option"));
      assertTrue(worker.isAlive());
      assertEquals(RUNNING, state());
      Command.Outcome taken = checkpoint("--leave-running");
      assertEquals(0, taken.code(), taken.output());
      assertEquals(RUNNING, state());
      assertEquals("same", worker.await("result"));
    }
  }
}
