package io.snapfs.fusefs.rehearsal;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileSystemView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Parts of the file of a store that has the most extents (the longest may be one hole), spread
 * evenly, to be read in requests as the kernel makes them.
 *
 * @param ref its artifact
 * @param path in the artifact, raw bytes as ISO 8859-1
 * @param size of the file in bytes
 */
record Sample(ArtifactRef ref, String path, long size) {
  /** Bytes of a request, as many as transport {@code kernel} lets the page cache ask for. */
  static final int REQUEST = 512 << 10;

  /** A file shorter than that says little about how others are read. */
  static final long LEAST = 16 << 20;

  private static final long PART = 32 << 20;
  private static final int MOST_PARTS = 3;

  // Of a large store only the beginning is looked at.
  private static final int MOST_ARTIFACTS = 8;
  private static final int MOST_NODES = 10_000;

  /** The sample of a store; null if it has no file that is large enough. */
  static Sample of(Store store) throws IOException {
    Sample best = null;
    long most = 0;
    List<ArtifactRef> refs = store.artifacts();
    for (ArtifactRef ref : refs.subList(0, Math.min(refs.size(), MOST_ARTIFACTS))) {
      Manifest manifest = store.manifest(ref);
      for (int i = 0; i < Math.min(manifest.nodeCount(), MOST_NODES); i++) {
        Node node = manifest.node(i);
        if (!node.isRegular() || node.size() < LEAST) {
          continue;
        }
        long extents = manifest.findExtent(node, node.size() - 1) - manifest.findExtent(node, 0);
        if (extents > most) {
          most = extents;
          String path = new String(manifest.path(i), StandardCharsets.ISO_8859_1);
          best = new Sample(ref, path, node.size());
        }
      }
    }
    return best;
  }

  /** Where the file is in a tree of the store. */
  long find(FileSystemView tree) throws ErrnoException {
    long inode = FileSystemView.ROOT;
    for (String name : (ref.name() + "/" + ref.tag() + "/" + path).split("/", -1)) {
      if (!name.isEmpty()) {
        byte[] raw = name.getBytes(StandardCharsets.ISO_8859_1);
        inode = tree.lookup(inode, raw).attributes().ino();
      }
    }
    return inode;
  }

  /** Offset of a request of any number: when the parts have been read they are read again. */
  long offset(long number) {
    long length = Math.min(PART, size / REQUEST * REQUEST);
    int parts = (int) Math.min(MOST_PARTS, size / length);
    long requests = length / REQUEST;
    long part = number / requests % parts;
    long start = parts == 1 ? 0 : (size - length) / (parts - 1) * part;
    return start / REQUEST * REQUEST + number % requests * REQUEST;
  }
}
