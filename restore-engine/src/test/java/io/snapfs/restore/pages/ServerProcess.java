package io.snapfs.restore.pages;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/** A page server in a process of its own, that fills on demand only. Closing kills it. */
final class ServerProcess implements AutoCloseable {
  private final Process process;

  /** Starts one, and returns when it listens. */
  ServerProcess(Path directory) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ServerProcess.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader();
    if (!"listening".equals(out.readLine())) {
      close();
      throw new AssertionError("the page server did not start");
    }
  }

  int pid() {
    return (int) process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    try (PageServerFixture fixture = new PageServerFixture(directory);
        PageServer server = fixture.serve(PageServerFixture.onDemand(), directory)) {
      System.out.println("listening");
      server.serve();
    }
  }
}
