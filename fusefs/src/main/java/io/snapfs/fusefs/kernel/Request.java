package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import java.nio.ByteBuffer;

/**
 * Owns the memory that requests are read into, one after the other, and takes them apart. Confined
 * to a thread.
 *
 * <p>Each begins with {@code struct fuse_in_header}; offsets into its body count from its end:
 *
 * <pre>
 * 0     u32 length of the whole request
 * 4     u32 opcode
 * 8     u64 unique: what the reply must carry
 * 16    u64 inode
 * 24    u32 uid, u32 gid, u32 pid of the caller
 * 36    4 bytes reserved
 * 40    body
 * </pre>
 */
final class Request implements AutoCloseable {
  /** The kernel wants room for the longest write and its headers, and never less than 8 KiB. */
  static final int CAPACITY = 64 * 1024 + Terms.MAX_WRITE;

  static final int HEADER_SIZE = 40;

  private static final int LENGTH = 0;
  private static final int OPCODE = 4;
  private static final int UNIQUE = 8;
  private static final int INODE = 16;

  private final NativeMemory memory;
  private final ByteBuffer bytes;
  private int length;

  Request() throws LinuxException {
    memory = NativeMemory.allocate(CAPACITY);
    bytes = memory.slice(0, CAPACITY);
  }

  /**
   * Waits for the next one.
   *
   * @return false if what came is no request: too short, or not as long as it says
   */
  boolean receive(Channel from) throws LinuxException {
    length = from.read(memory.address(), CAPACITY);
    return length >= HEADER_SIZE && bytes.getInt(LENGTH) == length;
  }

  /** Bytes that have come. */
  int length() {
    return length;
  }

  int opcode() {
    return bytes.getInt(OPCODE);
  }

  long unique() {
    return bytes.getLong(UNIQUE);
  }

  long inode() {
    return bytes.getLong(INODE);
  }

  /** Bytes behind the header. */
  int bodyLength() {
    return length - HEADER_SIZE;
  }

  /** 32 bits of the body, which has been checked to be long enough. */
  int u32(int offset) {
    return bytes.getInt(HEADER_SIZE + offset);
  }

  /** 64 bits of the body, which has been checked to be long enough. */
  long u64(int offset) {
    return bytes.getLong(HEADER_SIZE + offset);
  }

  /**
   * The name that begins at an offset of the body and ends in a NUL.
   *
   * @throws ErrnoException EINVAL if there is none
   */
  byte[] name(int offset) throws ErrnoException {
    int start = HEADER_SIZE + offset;
    int end = start;
    while (end < length && bytes.get(end) != 0) {
      end++;
    }
    if (end >= length || end == start) {
      throw new ErrnoException(Errno.EINVAL);
    }
    byte[] name = new byte[end - start];
    bytes.get(start, name);
    return name;
  }

  @Override
  public void close() {
    memory.close();
  }
}
