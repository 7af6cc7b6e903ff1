package io.snapfs.format.node;

import io.snapfs.format.ChunkId;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.Sha256Hash;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.read.OpenFile;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.FileSpace;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.PageAligned;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes one file from its artifact into the node's directory. Whatever ends it early, nothing of
 * it is left but what the next look at the space clears away. Confined to a thread.
 */
final class Filling implements AutoCloseable {
  /** Bytes that may wait to be written to a disk, so that they don't come all at once. */
  private static final long WRITE_WINDOW = 8 << 20;

  private static final ThreadLocal<ByteBuffer> CHUNK =
      ThreadLocal.withInitial(() -> PageAligned.allocate(Limits.MAX_CHUNK));

  private final NodeDirectory directory;
  private final FileKey key;
  private final FileSource source;
  private final long bytes;
  private final Fd file;
  private final Sha256Hash hash = new Sha256Hash();
  private long writeback;
  private boolean published;

  private Filling(NodeDirectory directory, FileKey key, FileSource source, long bytes, Fd file) {
    this.directory = directory;
    this.key = key;
    this.source = source;
    this.bytes = bytes;
    this.file = file;
  }

  /** What a file will take: its chunks, without holes. */
  static long bytesOf(Manifest manifest, Node node) throws IOException {
    long bytes = 0;
    long extent = node.first();
    for (int i = 0; i < node.count(); i++, extent++) {
      if (manifest.extentChunk(extent) >= 0) {
        bytes += manifest.extentEnd(node, extent) - manifest.extentStart(extent);
      }
    }
    return bytes;
  }

  /**
   * Begins to fill a file, for which there is room. Under the lock.
   *
   * @param bytes see {@link #bytesOf}
   */
  static Filling begin(
      NodeDirectory directory, Space space, FileKey key, FileSource source, long bytes)
      throws LinuxException {
    return new Filling(directory, key, source, bytes, space.begin(key, bytes));
  }

  /**
   * Fills it and gives it its name.
   *
   * @throws DirectoryFailure if it can't be written
   * @throws IOException if it can't be read
   */
  FileIdentity run(Pace pace) throws IOException {
    long length = source.node().size();
    write(() -> FileSpace.truncate(file, length));
    int[] sums = copy(pace);
    String label = source.label();
    try {
      FileIdentity identity =
          directory.locked(
              () -> directory.publish(file, Space.fillingName(key, bytes), key, sums, label));
      published = true;
      return identity;
    } catch (LinuxException e) {
      throw new DirectoryFailure(directory, e);
    }
  }

  private int[] copy(Pace pace) throws IOException {
    Manifest manifest = source.manifest();
    Node node = source.node();
    BlockSums sums = new BlockSums(node.size());
    try (OpenFile from = source.open()) {
      long extent = node.first();
      for (int i = 0; i < node.count(); i++, extent++) {
        long start = manifest.extentStart(extent);
        long length = manifest.extentEnd(node, extent) - start;
        int chunk = manifest.extentChunk(extent);
        if (chunk < 0) {
          sums.addZeros(length);
        } else {
          ByteBuffer plain = read(from, start, (int) length);
          checkIdentity(plain, chunk);
          sums.add(plain);
          write(() -> FileIo.pwriteFully(file, plain, start));
          writeBack(start + length);
          pace.step(length);
        }
      }
    }
    return sums.finish();
  }

  private static ByteBuffer read(OpenFile from, long offset, int length) throws IOException {
    ByteBuffer plain = CHUNK.get().clear().limit(length);
    from.read(offset, plain);
    return plain.flip();
  }

  private void checkIdentity(ByteBuffer plain, int chunk) throws IOException {
    ChunkId expected = source.manifest().chunkId(chunk);
    ChunkId actual = hash.idOf(plain);
    if (!actual.equals(expected)) {
      throw new CorruptException(
          source.manifest().resource(),
          -1,
          "chunk "
              + chunk
              + " has the identity "
              + expected
              + ", its bytes have "
              + actual
              + "; 'snapfs verify' tells what else is hit");
    }
  }

  /** Has the kernel write to the disk what lies behind, and waits for what lies far behind. */
  private void writeBack(long end) throws IOException {
    if (end - writeback < WRITE_WINDOW) {
      return;
    }
    long from = writeback;
    write(
        () -> {
          if (from > 0) {
            FileSync.syncFileRange(
                file,
                0,
                from,
                FileSync.SYNC_FILE_RANGE_WAIT_BEFORE
                    | FileSync.SYNC_FILE_RANGE_WRITE
                    | FileSync.SYNC_FILE_RANGE_WAIT_AFTER);
          }
          FileSync.syncFileRange(file, from, end - from, FileSync.SYNC_FILE_RANGE_WRITE);
        });
    writeback = end;
  }

  private interface Write {
    void run() throws LinuxException;
  }

  private void write(Write write) throws DirectoryFailure {
    try {
      write.run();
    } catch (LinuxException e) {
      throw new DirectoryFailure(directory, e);
    }
  }

  /** Removes it unless it has its name, and gives up its lock. */
  @Override
  public void close() {
    if (!published) {
      try {
        NodeDirectory.unlink(directory.filling(), Space.fillingName(key, bytes));
      } catch (LinuxException e) {
        // without its lock it is a leftover, which the next filler removes
      }
    }
    file.close();
  }
}
