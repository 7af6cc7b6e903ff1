package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.MemoryView;
import io.snapfs.fusefs.transport.MountOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A process that serves a mount, to be sent signals: prints {@code mounted} when it answers, and
 * what the signal handler says.
 */
final class MountedChild {
  private MountedChild() {}

  /**
   * Mounts a tree with the file {@code file}.
   *
   * @param arguments transport, mountpoint
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    MemoryView view = new MemoryView();
    view.addFile("file", "contents".getBytes(StandardCharsets.US_ASCII));
    try (Mount mount =
        Mount.start(
            view,
            Path.of(arguments[1]),
            MountOptions.defaults("snapfs-test"),
            Transports.named(arguments[0]))) {
      UnmountOnSignal.install(mount, System.out::println);
      System.out.println("mounted");
      mount.awaitUnmount();
    }
  }

  static Process start(String transport, Path mountpoint) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MountedChild.class.getName(),
                transport,
                mountpoint.toString()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
