package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code snapfs gms serve}, from when it answers until it is closed. */
final class RunningGms implements AutoCloseable {
  private final Process process;

  /**
   * @param environment names the driver
   */
  RunningGms(Path sockets, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Command.REPOSITORY.resolve("bin/snapfs").toString(),
            "gms",
            "serve",
            "--socket-dir",
            sockets.toString());
    builder.environment().putAll(environment);
    process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.equals("ready")) {
      line = lines.readLine();
    }
    assertEquals("ready", line);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, 2, TimeUnit.MINUTES).join();
    process.destroyForcibly().onExit().join();
  }
}
