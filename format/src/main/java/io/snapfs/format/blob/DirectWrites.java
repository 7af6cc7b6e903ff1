package io.snapfs.format.blob;

import io.snapfs.linux.Addresses;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Writes to a file past the page cache (O_DIRECT), where the filesystem can and memory, length and
 * offset are aligned. Owns a descriptor of its own. Thread-confined.
 *
 * <p>Packs are written once, a megabyte at a time, and nobody waits for them to be in memory: the
 * copy into the page cache and the walk over its pages when they are synced cost a tenth of the
 * processor time of packing, and push out of memory what the node serves.
 */
final class DirectWrites implements AutoCloseable {
  /** What disks with sectors of 512 bytes and of 4096 take. */
  private static final int ALIGNMENT = 4096;

  /** Null once the filesystem has refused. */
  private Fd fd;

  private DirectWrites(Fd fd) {
    this.fd = fd;
  }

  /** For a file that exists. */
  static DirectWrites open(Root root, String name) throws LinuxException {
    try {
      return new DirectWrites(root.openDirect(name));
    } catch (LinuxException e) {
      if (refused(e)) {
        return new DirectWrites(null);
      }
      throw e;
    }
  }

  private static boolean refused(LinuxException e) {
    return e.isErrno(Errno.EINVAL) || e.isErrno(Errno.EOPNOTSUPP);
  }

  /**
   * Writes all that remains of {@code source}, and advances its position.
   *
   * @return false if that has to be done through the page cache; nothing that counts is written
   *     then, and the position is where it was
   */
  boolean tryWrite(ByteBuffer source, long offset) throws LinuxException {
    try {
      long address = Addresses.of(source) + source.position();
      int count = source.remaining();
      if (fd == null || ((address | count | offset) & (ALIGNMENT - 1)) != 0) {
        return false;
      }
      FileIo.pwriteFully(fd, address, count, offset);
      source.position(source.limit());
      return true;
    } catch (LinuxException e) {
      if (refused(e)) {
        close();
        return false;
      }
      throw e;
    } finally {
      Reference.reachabilityFence(source);
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    if (fd != null) {
      fd.close();
      fd = null;
    }
  }
}
