package io.snapfs.fusefs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class of the tests in a JVM of its own, under a locale that knows only ASCII. */
final class ChildJvm {
  private ChildJvm() {}

  static Process start(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("LC_ALL", "C");
    return builder.start();
  }

  /** Reads a line of its output, and no further. */
  static String readLine(Process child) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = child.getInputStream().read(); c != '\n' && c >= 0; ) {
      line.append((char) c);
      c = child.getInputStream().read();
    }
    return line.toString();
  }
}
