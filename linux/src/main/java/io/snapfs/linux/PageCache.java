package io.snapfs.linux;

import java.nio.ByteBuffer;

/** What the kernel's page cache holds: cachestat(2), Linux 6.5. */
public final class PageCache {
  /** The number of the system call, the same on all architectures. */
  private static final int CACHESTAT = 451;

  // Where in the scratch memory what lies: a struct cachestat_range, and a struct cachestat.
  private static final int LENGTH = Long.BYTES;
  private static final int RESULT = 2 * Long.BYTES;

  private PageCache() {}

  /**
   * Whether all pages of a range of a file are in memory, or on their way there. To ask brings
   * none.
   *
   * @param offset in bytes
   * @param length in bytes, above 0; what lies behind the file's end is not in memory
   * @return also false if the kernel can't tell, or this user may not know
   */
  public static boolean holds(Fd fd, long offset, long length) {
    Scratch scratch = Scratch.get();
    ByteBuffer memory = scratch.buffer();
    memory.putLong(0, offset);
    memory.putLong(LENGTH, length);
    long address = scratch.address();
    if (Native.event().syscall(CACHESTAT, fd.intValue(), address, address + RESULT, 0) != 0) {
      return false;
    }
    long page = SystemInfo.pageSize();
    return memory.getLong(RESULT) == (offset + length - 1) / page - offset / page + 1;
  }
}
