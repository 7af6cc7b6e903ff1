package io.snapfs.fusefs.libfuse;

import com.kenai.jffi.MemoryIO;

/**
 * {@code struct fuse_file_info} of fuse_common.h at an address that libfuse hands to a callback.
 *
 * <pre>
 * 0     i32 open flags
 * 8     u64 (old handle)
 * 16    i32 (writepage)
 * 20    u32 bits: 0 direct_io, 1 keep_cache, ...
 * 24    u64 handle
 * </pre>
 */
final class FileInfo {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int BITS = 20;
  private static final int HANDLE = 24;
  private static final int DIRECT_IO = 1;
  private static final int KEEP_CACHE = 1 << 1;

  private FileInfo() {}

  static long handle(long info) {
    return MEMORY.getLong(info + HANDLE);
  }

  /**
   * Fills in the answer to an open; the kernel keeps the pages that it has of the inode.
   *
   * @param direct whether reads go past those pages
   */
  static void opened(long info, long handle, boolean direct) {
    MEMORY.putLong(info + HANDLE, handle);
    int bits = direct ? KEEP_CACHE | DIRECT_IO : KEEP_CACHE;
    MEMORY.putInt(info + BITS, MEMORY.getInt(info + BITS) | bits);
  }
}
