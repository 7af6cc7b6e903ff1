package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.MemoryView;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.SocketMessage;
import io.snapfs.linux.UnixSockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A process that serves a mount and gives its connection to the kernel to another process, so that
 * the connection outlives it: prints {@code lent}.
 */
final class LendingChild {
  /** Name of the socket that it sends the descriptor to. */
  static final String SOCKET = "lend";

  private LendingChild() {}

  /**
   * Mounts a tree with the file {@code file}.
   *
   * @param arguments transport, mountpoint, the socket's directory
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    MemoryView view = new MemoryView();
    view.addFile("file", "contents".getBytes(StandardCharsets.US_ASCII));
    MountOptions options = MountOptions.defaults("snapfs-test");
    try (Mount mount =
            Mount.start(view, Path.of(arguments[1]), options, Transports.named(arguments[0]));
        Fd directory = Open.directory(Fd.CWD, Names.of(arguments[2]));
        Fd socket = UnixSockets.connect(directory, Names.of(SOCKET))) {
      new SocketMessage(1).send(socket, 0, 1, connection());
      System.out.println("lent");
      mount.awaitUnmount();
    }
  }

  /** One of the descriptors that lead to the kernel. It stays the transport's. */
  private static Fd connection() throws IOException {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      for (Path fd : fds.toList()) {
        if (Files.isSymbolicLink(fd) && Files.readSymbolicLink(fd).equals(Path.of("/dev/fuse"))) {
          return Fd.adopt(Integer.parseInt(fd.getFileName().toString()), "/dev/fuse");
        }
      }
    }
    throw new IllegalStateException("no descriptor of /dev/fuse");
  }
}
