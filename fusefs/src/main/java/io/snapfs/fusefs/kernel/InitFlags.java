package io.snapfs.fusefs.kernel;

/**
 * Features of a connection, {@code FUSE_*} INIT flags of linux/fuse.h. Bits from 32 on travel in
 * {@code flags2}, which is there only with {@link #INIT_EXT}.
 */
final class InitFlags {
  /** Several reads of one file at a time. */
  static final long ASYNC_READ = 1;

  /** READDIRPLUS exists. */
  static final long DO_READDIRPLUS = 1 << 13;

  /** The kernel finds out whether a READDIRPLUS pays. */
  static final long READDIRPLUS_AUTO = 1 << 14;

  /** Several direct reads of one file at a time. */
  static final long ASYNC_DIO = 1 << 15;

  /** Several lookups and listings of one directory at a time. */
  static final long PARALLEL_DIROPS = 1 << 18;

  /** Requests of more than 32 pages. */
  static final long MAX_PAGES = 1 << 22;

  /** Targets of symbolic links are kept. */
  static final long CACHE_SYMLINKS = 1 << 23;

  /** Pages are dropped only when told so, not because attributes look different. */
  static final long EXPLICIT_INVAL_DATA = 1 << 25;

  /** There is a {@code flags2}. */
  static final long INIT_EXT = 1 << 30;

  /** A file opened with FOPEN_DIRECT_IO can be mapped shared (Linux 6.6). */
  static final long DIRECT_IO_ALLOW_MMAP = 1L << 36;

  /** Opens can be handed over to a file on another filesystem (Linux 6.9). */
  static final long PASSTHROUGH = 1L << 37;

  private InitFlags() {}
}
