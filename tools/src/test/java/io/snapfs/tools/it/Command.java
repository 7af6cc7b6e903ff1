package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program with its arguments, to be run to its end. */
final class Command {
  /** The top of the repository. Maven starts tests in the folder of their module. */
  static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

  private static final int MINUTES_AT_MOST = 5;

  /**
   * What a program did.
   *
   * @param code its exit code
   * @param output standard output and error together
   */
  record Outcome(int code, String output) {}

  private final ProcessBuilder builder;

  private Command(List<String> words) {
    builder = new ProcessBuilder(words);
    builder.redirectErrorStream(true).redirectInput(new File("/dev/null"));
  }

  /** Every word becomes one by its {@code toString}. */
  static Command of(Object program, Object... arguments) {
    List<String> words = new ArrayList<>(List.of(program.toString()));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return new Command(words);
  }

  /** {@code bin/snapfs} of this repository. */
  static Command snapfs(Object... arguments) {
    return of(REPOSITORY.resolve("bin/snapfs"), arguments);
  }

  Command in(Path folder) {
    builder.directory(folder.toFile());
    return this;
  }

  Command with(Map<String, String> environment) {
    builder.environment().putAll(environment);
    return this;
  }

  /** Runs it and expects exit code 0. Returns what it printed. */
  String succeed() throws IOException {
    Outcome outcome = run();
    assertEquals(0, outcome.code, () -> builder.command() + " printed:\n" + outcome.output);
    return outcome.output;
  }

  /** Runs it. A program that takes minutes is killed. */
  Outcome run() throws IOException {
    // Not a pipe: what the program leaves running would keep that open.
    File output = File.createTempFile("snapfs-it", ".out");
    try {
      int code = exitCodeOf(builder.redirectOutput(output).start());
      return new Outcome(code, Files.readString(output.toPath(), StandardCharsets.ISO_8859_1));
    } finally {
      Files.delete(output.toPath());
    }
  }

  private int exitCodeOf(Process process) throws IOException {
    try {
      if (process.waitFor(MINUTES_AT_MOST, TimeUnit.MINUTES)) {
        return process.exitValue();
      }
      throw new AssertionError(builder.command() + " does not end");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("while running " + builder.command());
    } finally {
      process.destroyForcibly();
    }
  }
}
