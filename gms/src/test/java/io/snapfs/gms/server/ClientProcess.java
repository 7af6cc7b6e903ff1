package io.snapfs.gms.server;

import io.snapfs.gms.client.GmsClient;
import io.snapfs.gms.wire.LockRequest;
import io.snapfs.gms.wire.Metadata;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Owns a client in a process of its own, which can be killed at a point of its work. */
final class ClientProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader lines;

  private ClientProcess(Process process) {
    this.process = process;
    this.lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts one.
   *
   * @param lock what it asks for
   * @param steps what it does when it has the lock, each answered by a line: {@code allocate},
   *     {@code metadata}, {@code layout}, {@code commit}
   */
  static ClientProcess start(Path socket, LockRequest lock, String... steps) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            ClientProcess.class.getName(),
            socket.toString(),
            lock.name(),
            String.join(",", steps));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new ClientProcess(builder.start());
  }

  /** Waits until it says that it has come so far. */
  void await(String line) throws IOException {
    String said = lines.readLine();
    if (!line.equals(said)) {
      throw new IOException("the client said " + said + " and not " + line);
    }
  }

  /** Kills it, wherever it is. */
  void kill() throws IOException {
    process.destroyForcibly();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new IOException("process " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    kill();
  }

  /** The child: works through its steps, and waits for its end. */
  public static void main(String[] arguments) throws IOException {
    System.out.println("started");
    try (GmsClient client =
        GmsClient.connect(Path.of(arguments[0]), LockRequest.valueOf(arguments[1]), null)) {
      System.out.println("connected");
      String id = "";
      for (String step : arguments[2].isEmpty() ? new String[0] : arguments[2].split(",")) {
        switch (step) {
          case "allocate" -> id = client.allocate(3 << 20, "weights").id();
          case "metadata" -> client.putMetadata("key", new Metadata(id, 0, new byte[] {1}));
          case "layout" -> client.commitLayout();
          case "commit" -> client.commit();
          default -> throw new IllegalArgumentException(step);
        }
        System.out.println(step);
      }
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
