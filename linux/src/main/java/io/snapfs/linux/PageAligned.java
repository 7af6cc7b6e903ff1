package io.snapfs.linux;

import java.nio.ByteBuffer;

/**
 * Direct buffers that begin at a page and are freed by the garbage collector like any other.
 *
 * <p>{@link ByteBuffer#allocateDirect} takes its memory from malloc, and a large block of that
 * begins 16 bytes behind a page. The kernel copies between such a buffer and its page cache with
 * source and destination 16 bytes apart modulo 4 KiB, where each load seems to depend on a store
 * just made (4K aliasing): measured four times as slow as between aligned pages. Use this for
 * whatever is read from files or written to them in bulk.
 */
public final class PageAligned {
  private PageAligned() {}

  /**
   * A zeroed direct buffer of {@code capacity} bytes, in big-endian order like every new one.
   *
   * @param capacity in bytes, at least 0
   */
  public static ByteBuffer allocate(int capacity) {
    int page = SystemInfo.pageSize();
    ByteBuffer whole = ByteBuffer.allocateDirect(Math.addExact(capacity, page));
    return whole.slice((page - whole.alignmentOffset(0, page)) % page, capacity);
  }
}
