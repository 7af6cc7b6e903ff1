package io.snapfs.restore.driver;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What a program that ends by itself printed.
 *
 * @param text standard output and error together
 */
record Output(int code, String text) {
  /** Runs it. */
  static Output of(Path program, String argument) throws IOException {
    Process process =
        new ProcessBuilder(List.of(program.toString(), argument))
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    try {
      return new Output(process.waitFor(), text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("while running " + program);
      failure.initCause(e);
      throw failure;
    }
  }

  String lastLine() {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "exit code " + code : lines.get(lines.size() - 1).strip();
  }
}
