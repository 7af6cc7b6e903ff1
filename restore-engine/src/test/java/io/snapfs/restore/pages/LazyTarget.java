package io.snapfs.restore.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/**
 * A process that plays CRIU and what it restores: see {@code lazy_target.c}. Closing kills it. Its
 * commands are those of the program.
 */
final class LazyTarget implements AutoCloseable {
  static final long BASE = 0x100000000000L;
  private static Path program;

  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;

  /** Compiles the program once for all tests. */
  private static synchronized Path program() throws IOException, InterruptedException {
    if (program == null) {
      Path folder = Files.createTempDirectory("snapfs-lazy-target");
      Path source = folder.resolve("lazy_target.c");
      try (InputStream text = LazyTarget.class.getResourceAsStream("/lazy_target.c")) {
        Files.copy(text, source, StandardCopyOption.REPLACE_EXISTING);
      }
      Path compiled = folder.resolve("lazy_target");
      Process gcc;
      try {
        gcc =
            new ProcessBuilder(
                    "gcc", "-O1", "-w", "-pthread", "-o", compiled.toString(), source.toString())
                .inheritIO()
                .start();
      } catch (IOException e) {
        assumeTrue(false, "needs gcc");
        throw e;
      }
      assertEquals(0, gcc.waitFor(), "gcc");
      compiled.toFile().deleteOnExit();
      Files.delete(source);
      folder.toFile().deleteOnExit();
      program = compiled;
    }
    return program;
  }

  /** Starts one that connects to a socket, as process {@code pid} of the dump. */
  LazyTarget(Path socket, int pid, int pages) throws IOException, InterruptedException {
    process =
        new ProcessBuilder(
                program().toString(),
                socket.toString(),
                String.valueOf(pid),
                String.valueOf(BASE),
                String.valueOf(pages))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers = process.inputReader();
    commands = process.outputWriter();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Gives commands, one after the other, each of which must be answered with ok. */
  LazyTarget ok(String... words) throws IOException {
    for (String command : words) {
      assertEquals("ok", answer(command), command);
    }
    return this;
  }

  /** Gives a command and returns the answer; null if the process ends instead. */
  String answer(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
    return answers.readLine();
  }

  /** Waits until it ends, and returns its exit code, 128 + signal if it was killed. */
  int exitCode() throws InterruptedException {
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the target lives on");
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
