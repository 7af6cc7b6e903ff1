package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code snapfs daemon} in a folder of its own. Closing kills it. */
final class RunningDaemon implements AutoCloseable {
  private final Path folder;
  private final Path log;
  private final Process process;

  /** Starts it and waits until clients can come. */
  RunningDaemon(Path folder) throws Exception {
    this(folder, Map.of());
  }

  /** The same with further variables and options. */
  RunningDaemon(Path folder, Map<String, String> environment, String... options) throws Exception {
    this.folder = folder;
    this.log = folder.resolveSibling(folder.getFileName() + ".log");
    List<String> command = new ArrayList<>();
    command.add(Command.REPOSITORY.resolve("bin/snapfs").toString());
    command.addAll(List.of("daemon", "--dir", folder.toString()));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    process =
        builder
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    awaitLog("serving " + folder);
  }

  Path folder() {
    return folder;
  }

  /** Waits until it has logged something. */
  void awaitLog(String text) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!log().contains(text)) {
      assertTrue(process.isAlive(), () -> "the daemon has ended: " + log());
      assertTrue(System.nanoTime() - deadline < 0, () -> "no '" + text + "' in: " + log());
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Asks it to end, and waits for that. */
  void end() throws Exception {
    process.destroy();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), () -> "it goes on: " + log());
    assertEquals(0, process.exitValue(), this::log);
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
