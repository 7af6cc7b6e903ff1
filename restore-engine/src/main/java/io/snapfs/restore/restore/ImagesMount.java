package io.snapfs.restore.restore;

import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.Mount;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.fusefs.tree.StoreTree;
import java.io.IOException;
import java.nio.file.Path;

/** Owns a private mount of the store, for CRIU to read large images from. Closing it unmounts. */
final class ImagesMount implements AutoCloseable {
  private final StoreTree tree;
  private final Mount mount;

  private ImagesMount(StoreTree tree, Mount mount) {
    this.tree = tree;
    this.mount = mount;
  }

  /** Mounts; returns when the mount answers. */
  static ImagesMount start(Store store, ChunkCache cache, Path mountpoint, Transport transport)
      throws IOException {
    StoreTree tree = new StoreTree(store, cache);
    boolean mounted = false;
    try {
      MountOptions options = MountOptions.defaults(store.location());
      ImagesMount mount = new ImagesMount(tree, Mount.start(tree, mountpoint, options, transport));
      mounted = true;
      return mount;
    } finally {
      if (!mounted) {
        tree.close();
      }
    }
  }

  /** Idempotent. */
  @Override
  public void close() throws IOException {
    try (tree) {
      mount.close();
    }
  }
}
