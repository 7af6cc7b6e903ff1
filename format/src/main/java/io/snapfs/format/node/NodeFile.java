package io.snapfs.format.node;

import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;

/**
 * Owns a use of a materialised file, which was found whole and unaltered when it was handed out.
 * While it is open nobody evicts the file. Uses of one file share a descriptor; it may be read by
 * many threads.
 */
public final class NodeFile implements AutoCloseable {
  private final NodeCache cache;
  private final FileKey key;
  private final Fd fd;
  private final long length;
  private int uses; // guarded by the cache

  NodeFile(NodeCache cache, FileKey key, Fd fd, long length) {
    this.cache = cache;
    this.key = key;
    this.fd = fd;
    this.length = length;
  }

  /** The file, opened for reading; open as long as this is. */
  public Fd fd() {
    return fd;
  }

  /** Its length in bytes. */
  public long length() {
    return length;
  }

  /**
   * Reads at an offset. Allocates nothing.
   *
   * @param offset in the file, not negative
   * @param count bytes, all of which lie in the file
   * @param address where they go
   * @return false if they can't be had: the file was cut or its disk fails
   */
  public boolean read(long offset, int count, long address) {
    try {
      int done = 0;
      while (done < count) {
        long step = FileIo.pread(fd, address + done, count - done, offset + done);
        if (step == 0) {
          return false;
        }
        done += (int) step;
      }
      return true;
    } catch (LinuxException e) {
      return false;
    }
  }

  FileKey key() {
    return key;
  }

  void use() {
    uses++;
  }

  /** Ends a use; true if it was the last. */
  boolean endUse() {
    return --uses == 0;
  }

  /** Ends this use. To be called once for each time that it was handed out. */
  @Override
  public void close() {
    cache.release(this);
  }
}
