package io.snapfs.restore.restore;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.Mount;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.fusefs.tree.StoreTree;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Owns a private mount of the store, for CRIU to read large images from, in a work folder of its
 * own. Closing it unmounts.
 */
final class ImagesMount implements AutoCloseable {
  private final WorkFolder folder;
  private final StoreTree tree;
  private final Mount mount;

  private ImagesMount(WorkFolder folder, StoreTree tree, Mount mount) {
    this.folder = folder;
    this.tree = tree;
    this.mount = mount;
  }

  /** Mounts; returns when the mount answers. */
  static ImagesMount start(Store store, ChunkCache cache, Transport transport) throws IOException {
    WorkFolder folder = new WorkFolder();
    StoreTree tree = null;
    boolean mounted = false;
    try {
      tree = new StoreTree(store, cache);
      MountOptions options = MountOptions.defaults(store.location());
      Mount mount = Mount.start(tree, folder.mountpoint(), options, transport);
      mounted = true;
      return new ImagesMount(folder, tree, mount);
    } finally {
      if (!mounted) {
        if (tree != null) {
          tree.close();
        }
        folder.close();
      }
    }
  }

  /** Where the tree of an artifact is seen. */
  Path of(ArtifactRef ref) {
    return folder.mountpoint().resolve(ref.name()).resolve(ref.tag());
  }

  /** Idempotent. */
  @Override
  public void close() throws IOException {
    try (folder;
        tree) {
      mount.close();
    }
  }
}
