package io.snapfs.fusefs.kernel;

import io.snapfs.linux.Open;
import java.nio.ByteBuffer;

/**
 * Requests that open, use or release something. {@code struct fuse_open_in}:
 *
 * <pre>
 * 0     u32 flags of open(2)
 * 4     u32 reserved
 * </pre>
 *
 * <p>{@code struct fuse_open_out}:
 *
 * <pre>
 * 0     u64 handle
 * 8     u32 FOPEN_ flags
 * 12    u32 number of the backing file, with FOPEN_PASSTHROUGH
 * </pre>
 *
 * <p>{@code struct fuse_read_in}, of READ, READDIR and READDIRPLUS; those that release and seek
 * begin alike:
 *
 * <pre>
 * 0     u64 handle
 * 8     u64 offset or cookie
 * 16    u32 size
 * 20    12 bytes not looked at
 * 32    u32 flags of open(2), of READ
 * 36    4 bytes not looked at
 * </pre>
 */
final class OpenLayout {
  static final int OPEN_SIZE = 8;
  static final int READ_SIZE = 40;
  static final int RELEASE_SIZE = 24;
  static final int OPENED_SIZE = 16;

  private static final int OPEN_FLAGS = 0;
  private static final int HANDLE = 0;
  private static final int OFFSET = 8;
  private static final int SIZE = 16;
  private static final int READER_FLAGS = 32;
  private static final int OPENED_HANDLE = 0;
  private static final int OPENED_FLAGS = 8;
  private static final int OPENED_BACKING = 12;

  private OpenLayout() {}

  static int openFlags(Request request) {
    return request.u32(OPEN_FLAGS);
  }

  static long handle(Request request) {
    return request.u64(HANDLE);
  }

  static long offset(Request request) {
    return request.u64(OFFSET);
  }

  static int size(Request request) {
    return request.u32(SIZE);
  }

  /** Whether the reader of a READ goes past the page cache. */
  static boolean isDirect(Request request) {
    return (request.u32(READER_FLAGS) & Open.O_DIRECT) != 0;
  }

  /**
   * Answers an open.
   *
   * @return false if the opener has gone: there will be no release
   */
  static boolean opened(Reply reply, long handle, int flags) {
    return opened(reply, handle, flags, 0);
  }

  /**
   * Answers an open.
   *
   * @param backing number of the backing file, 0 if there is none
   * @return false if the opener has gone: there will be no release
   */
  static boolean opened(Reply reply, long handle, int flags, int backing) {
    ByteBuffer out = reply.structure(OPENED_SIZE);
    int at = out.position();
    out.putLong(at + OPENED_HANDLE, handle)
        .putInt(at + OPENED_FLAGS, flags)
        .putInt(at + OPENED_BACKING, backing);
    return reply.sendStructure(OPENED_SIZE);
  }
}
