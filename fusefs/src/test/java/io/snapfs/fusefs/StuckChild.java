package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.MemoryView;
import io.snapfs.fusefs.transport.MountOptions;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A process that serves a mount of a file, {@code file}, of 64 pages, the last of which it never
 * reads: prints {@code mounted}. Who reads the last page waits for ever; who reads the one before
 * has the kernel be given both.
 */
final class StuckChild {
  static final int PAGE = 4096;
  static final int PAGES = 64;

  private StuckChild() {}

  /**
   * Mounts it.
   *
   * @param arguments transport, mountpoint
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    MemoryView view = new MemoryView();
    view.addFile("file", new byte[PAGES * PAGE]);
    view.holdReadsFrom((PAGES - 1L) * PAGE);
    MountOptions options = MountOptions.defaults("snapfs-test");
    try (Mount mount =
        Mount.start(view, Path.of(arguments[1]), options, Transports.named(arguments[0]))) {
      System.out.println("mounted");
      mount.awaitUnmount();
    }
  }
}
