package io.snapfs.fusefs.kernel;

import java.nio.ByteBuffer;

/**
 * What a connection agrees on: of the features that are of use here, those that the kernel offers.
 * The answer to the {@link Greeting}, {@code struct fuse_init_out}:
 *
 * <pre>
 * 0     u32 major version
 * 4     u32 minor version
 * 8     u32 bytes to read ahead at most
 * 12    u32 flags
 * 16    u16 background requests in flight at most
 * 18    u16 of them, when to stop reading ahead
 * 20    u32 bytes of a write at most
 * 24    u32 granularity of times in nanoseconds
 * 28    u16 pages of a request at most, with MAX_PAGES
 * 30    u16 reserved
 * 32    u32 flags2, with INIT_EXT
 * 36    u32 how many filesystems may lie on top of each other, with PASSTHROUGH
 * 40    24 bytes reserved
 * </pre>
 *
 * @param minor version
 * @param maxReadahead bytes
 * @param maxPages of a request; 0 if it can't be set
 * @param flags {@link InitFlags} in use
 */
record Terms(int minor, int maxReadahead, int maxPages, long flags) {
  static final int SIZE = 64;

  /**
   * Nobody writes here, but the kernel takes no less. It is also what the request buffer must have
   * room for.
   */
  static final int MAX_WRITE = 4096;

  /** The more requests there are to choose from, the more cores can decode. */
  private static final int MAX_BACKGROUND = 64;

  private static final int CONGESTION_THRESHOLD = 48;
  private static final int NANOSECOND = 1;

  /** An overlay can still be laid over the mount: the kernel's limit is 2. */
  private static final int STACK_DEPTH = 1;

  /**
   * Not among them: NO_OPEN_SUPPORT, since a handle is what holds an artifact while it is read, and
   * NO_OPENDIR_SUPPORT, which would have the kernel keep listings of directories that change.
   */
  private static final long WANTED =
      InitFlags.ASYNC_READ
          | InitFlags.DO_READDIRPLUS
          | InitFlags.READDIRPLUS_AUTO
          | InitFlags.ASYNC_DIO
          | InitFlags.PARALLEL_DIROPS
          | InitFlags.MAX_PAGES
          | InitFlags.CACHE_SYMLINKS
          | InitFlags.EXPLICIT_INVAL_DATA
          | InitFlags.INIT_EXT
          | InitFlags.DIRECT_IO_ALLOW_MMAP
          | InitFlags.PASSTHROUGH;

  private static final int MAJOR_AT = 0;
  private static final int MINOR_AT = 4;
  private static final int MAX_READAHEAD_AT = 8;
  private static final int FLAGS_AT = 12;
  private static final int MAX_BACKGROUND_AT = 16;
  private static final int CONGESTION_THRESHOLD_AT = 18;
  private static final int MAX_WRITE_AT = 20;
  private static final int TIME_GRANULARITY_AT = 24;
  private static final int MAX_PAGES_AT = 28;
  private static final int FLAGS2_AT = 32;
  private static final int STACK_DEPTH_AT = 36;
  private static final int FLAGS2_SHIFT = 32;

  /** For a greeting of version {@link FuseProtocol#OLDEST_MINOR} or later. */
  static Terms of(Greeting greeting, int maxPages) {
    int minor =
        Integer.compareUnsigned(greeting.minor(), FuseProtocol.MINOR) < 0
            ? greeting.minor()
            : FuseProtocol.MINOR;
    long flags = WANTED & greeting.flags();
    boolean lengthIsOurs = (flags & InitFlags.MAX_PAGES) != 0;
    return new Terms(minor, greeting.maxReadahead(), lengthIsOurs ? maxPages : 0, flags);
  }

  boolean has(long flag) {
    return (flags & flag) == flag;
  }

  /** Puts the answer into a zeroed buffer, from an index on. */
  void put(ByteBuffer to, int at) {
    to.putInt(at + MAJOR_AT, FuseProtocol.MAJOR)
        .putInt(at + MINOR_AT, minor)
        .putInt(at + MAX_READAHEAD_AT, maxReadahead)
        .putInt(at + FLAGS_AT, (int) flags)
        .putShort(at + MAX_BACKGROUND_AT, (short) MAX_BACKGROUND)
        .putShort(at + CONGESTION_THRESHOLD_AT, (short) CONGESTION_THRESHOLD)
        .putInt(at + MAX_WRITE_AT, MAX_WRITE)
        .putInt(at + TIME_GRANULARITY_AT, NANOSECOND)
        .putShort(at + MAX_PAGES_AT, (short) maxPages)
        .putInt(at + FLAGS2_AT, (int) (flags >>> FLAGS2_SHIFT))
        .putInt(at + STACK_DEPTH_AT, has(InitFlags.PASSTHROUGH) ? STACK_DEPTH : 0);
  }
}
