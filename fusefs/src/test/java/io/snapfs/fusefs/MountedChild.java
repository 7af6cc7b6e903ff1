package io.snapfs.fusefs;

import io.snapfs.format.node.NodeCache;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.transport.MemoryView;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.fusefs.view.FileSystemView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A process that serves a mount, to be sent signals: prints {@code mounted} when it answers, and
 * what the signal handler says.
 */
final class MountedChild {
  private MountedChild() {}

  /**
   * Mounts a store, or a tree with the file {@code file}.
   *
   * @param arguments transport, mountpoint; the store if there is one; where its hot files go, if
   *     they are materialised
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length < 3) {
      MemoryView view = new MemoryView();
      view.addFile("file", "contents".getBytes(StandardCharsets.US_ASCII));
      serve(view, arguments);
    } else {
      try (Store store = Store.open(Path.of(arguments[2]));
          ChunkCache cache = new ChunkCache(16 << 20, 2);
          NodeCache node = arguments.length < 4 ? null : node(arguments[3]);
          StoreTree tree = new StoreTree(store, cache, null, node)) {
        serve(tree, arguments);
      }
    }
  }

  private static NodeCache node(String directory) throws IOException {
    return NodeCache.open(Path.of(directory), 1L << 30);
  }

  private static void serve(FileSystemView view, String[] arguments)
      throws IOException, InterruptedException {
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
}
