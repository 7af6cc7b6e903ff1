package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code bin/snapfs lazy-pages} in the background. Closing kills it. */
final class LazyPages implements AutoCloseable {
  private final Process process;
  private final Path output;

  /** Starts it, and returns when it listens. */
  LazyPages(Path store, String name, Path workDir, Object... options)
      throws IOException, InterruptedException {
    output = workDir.resolve("snapfs-lazy-pages.out");
    Path program = Command.REPOSITORY.resolve("bin/snapfs");
    List<String> words = new ArrayList<>(List.of(program.toString(), "lazy-pages"));
    words.addAll(List.of(store.toString(), name, "--work-dir", workDir.toString()));
    for (Object option : options) {
      words.add(option.toString());
    }
    process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    while (Files.notExists(workDir.resolve("lazy-pages.socket"))) {
      assertTrue(process.isAlive(), () -> "lazy-pages ended: " + output());
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Waits until it has ended by itself, which is to be with exit code 0. Returns its output. */
  String awaitEnd() throws InterruptedException {
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), this::output);
    assertEquals(0, process.exitValue(), this::output);
    return output();
  }

  /** What it has printed so far. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
