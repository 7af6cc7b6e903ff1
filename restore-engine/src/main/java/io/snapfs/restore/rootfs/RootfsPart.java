package io.snapfs.restore.rootfs;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.OpenFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files of an artifact that tell what a worker had changed in its root filesystem. */
public final class RootfsPart {
  private static final byte[] TAR = ascii("rootfs-diff.tar");
  private static final byte[] DELETED = ascii("deleted-files.json");
  private static final int DEEPEST = 16;

  private final ArtifactReader reader;
  private final Manifest manifest;
  private final Node folder;

  private RootfsPart(ArtifactReader reader, Node folder) {
    this.reader = reader;
    this.manifest = reader.manifest();
    this.folder = folder;
  }

  /**
   * Finds them.
   *
   * @throws MissingException if there are none
   * @throws SnapfsException if several folders have some
   */
  public static RootfsPart find(ArtifactReader reader) throws IOException {
    List<Node> found = new ArrayList<>();
    search(reader.manifest(), reader.manifest().node(0), 0, found);
    if (found.isEmpty()) {
      throw new MissingException(
          reader.manifest().resource()
              + " has no rootfs-diff.tar, so there is nothing to apply: leave out --rootfs");
    }
    if (found.size() > 1) {
      throw new SnapfsException(
          reader.manifest().resource() + " has the diffs of several root filesystems");
    }
    return new RootfsPart(reader, found.get(0));
  }

  private static void search(Manifest manifest, Node directory, int depth, List<Node> found)
      throws IOException {
    if (manifest.lookup(directory, TAR) >= 0 || manifest.lookup(directory, DELETED) >= 0) {
      found.add(directory);
    }
    for (long i = 0; i < directory.count() && depth < DEEPEST && found.size() < 2; i++) {
      Node node = manifest.node(manifest.entry(directory, directory.first() + i).node());
      if (node.isDirectory()) {
        search(manifest, node, depth + 1, found);
      }
    }
  }

  /** The tar, streamed from the store; empty if there is none. */
  public Optional<InputStream> tar() throws IOException {
    return open(TAR);
  }

  /** {@code deleted-files.json}; empty if there is none. */
  public Optional<InputStream> deletedFiles() throws IOException {
    return open(DELETED);
  }

  /** For messages. */
  public String describe() {
    return "rootfs-diff.tar of " + manifest.resource();
  }

  private Optional<InputStream> open(byte[] name) throws IOException {
    int index = manifest.lookup(folder, name);
    if (index < 0 || !manifest.node(index).isRegular()) {
      return Optional.empty();
    }
    return Optional.of(new FileStream(reader.open(index)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Owns an open file and reads it from its start to its end. */
  private static final class FileStream extends InputStream {
    private static final int BUFFER = 1 << 20;

    private final OpenFile file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).limit(0);
    private long offset;

    FileStream(OpenFile file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      return fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, buffer.remaining());
      buffer.get(target, from, count);
      return count;
    }

    private boolean fill() throws IOException {
      if (buffer.hasRemaining()) {
        return true;
      }
      buffer.clear();
      int count = file.read(offset, buffer);
      buffer.position(0).limit(Math.max(0, count));
      offset += Math.max(0, count);
      return count > 0;
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
