package io.snapfs.linux;

import java.io.EOFException;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Reads and writes at an offset: pread(2) and pwrite(2), into and out of direct buffers and raw
 * addresses. Allocates nothing unless a call fails. A raw address must be good for the whole
 * length: a wrong one corrupts the process, though the kernel answers most with EFAULT.
 */
public final class FileIo {
  private FileIo() {}

  /**
   * Reads once into a direct buffer, between its position and its limit, and advances its position.
   *
   * @return how many bytes were read, maybe fewer than asked for; 0 at the end of the file
   */
  public static int pread(Fd fd, ByteBuffer target, long offset) throws LinuxException {
    int position = target.position();
    try {
      int count = (int) pread(fd, Addresses.of(target) + position, target.remaining(), offset);
      target.position(position + count);
      return count;
    } finally {
      Reference.reachabilityFence(target);
    }
  }

  /**
   * Reads once to an address.
   *
   * @return how many bytes were read, maybe fewer than asked for; 0 at the end of the file
   */
  public static long pread(Fd fd, long address, long length, long offset) throws LinuxException {
    DataCalls calls = Native.data();
    long count;
    do {
      count = calls.pread(fd.intValue(), address, length, offset);
    } while (count < 0 && LinuxException.interrupted());
    if (count < 0) {
      throw LinuxException.last("pread", range(fd, length, offset));
    }
    return count;
  }

  /**
   * Fills a direct buffer from its position to its limit.
   *
   * @throws EOFException if the file ends before that; the buffer's position then stays
   */
  public static void preadFully(Fd fd, ByteBuffer target, long offset) throws IOException {
    try {
      preadFully(fd, Addresses.of(target) + target.position(), target.remaining(), offset);
      target.position(target.limit());
    } finally {
      Reference.reachabilityFence(target);
    }
  }

  /**
   * Reads exactly {@code length} bytes to an address.
   *
   * @throws EOFException if the file ends before that
   */
  public static void preadFully(Fd fd, long address, long length, long offset) throws IOException {
    long done = 0;
    while (done < length) {
      long count = pread(fd, address + done, length - done, offset + done);
      if (count == 0) {
        throw new EOFException(
            fd.path()
                + ": expected "
                + length
                + " bytes at offset "
                + offset
                + ", the file ends after "
                + done);
      }
      done += count;
    }
  }

  /**
   * Writes a direct buffer from its position to its limit, in as many calls as it takes, and
   * advances its position.
   */
  public static void pwriteFully(Fd fd, ByteBuffer source, long offset) throws LinuxException {
    try {
      pwriteFully(fd, Addresses.of(source) + source.position(), source.remaining(), offset);
      source.position(source.limit());
    } finally {
      Reference.reachabilityFence(source);
    }
  }

  /** Writes exactly {@code length} bytes from an address, in as many calls as it takes. */
  public static void pwriteFully(Fd fd, long address, long length, long offset)
      throws LinuxException {
    long done = 0;
    while (done < length) {
      done += pwrite(fd, address + done, length - done, offset + done);
    }
  }

  /**
   * Writes once from an address.
   *
   * @return how many bytes were written, maybe fewer than asked for
   */
  public static long pwrite(Fd fd, long address, long length, long offset) throws LinuxException {
    DataCalls calls = Native.data();
    long count;
    do {
      count = calls.pwrite(fd.intValue(), address, length, offset);
    } while (count < 0 && LinuxException.interrupted());
    if (count < 0) {
      throw LinuxException.last("pwrite", range(fd, length, offset));
    }
    return count;
  }

  private static String range(Fd fd, long length, long offset) {
    return fd + ", " + length + " bytes at offset " + offset;
  }
}
