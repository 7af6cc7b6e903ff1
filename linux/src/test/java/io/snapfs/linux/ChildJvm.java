package io.snapfs.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class of the tests in a JVM of its own. */
final class ChildJvm {
  private final List<String> command = new ArrayList<>();

  ChildJvm(String... jvmOptions) {
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(jvmOptions));
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
  }

  /** Starts it under LANG=C, with standard error going where the tests' goes. */
  Process start(Class<?> main, String... arguments) throws IOException {
    List<String> whole = new ArrayList<>(command);
    whole.add(main.getName());
    whole.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(whole).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("LC_ALL", "C");
    return builder.start();
  }

  /** Starts it as a shell starts what it runs in the background. */
  Process startIgnoringSigint(Class<?> main, String... arguments) throws IOException {
    command.addAll(0, List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
    return start(main, arguments);
  }

  /** Runs it to its end and returns what it printed. */
  String run(Class<?> main, String... arguments) throws IOException, InterruptedException {
    Process process = start(main, arguments);
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new AssertionError(main.getSimpleName() + " ended with " + status + ": " + output);
      }
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
