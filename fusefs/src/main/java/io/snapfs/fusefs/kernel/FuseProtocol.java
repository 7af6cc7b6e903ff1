package io.snapfs.fusefs.kernel;

/** Numbers of the protocol that belong to no single request: see linux/fuse.h and fuse(4). */
final class FuseProtocol {
  /** The one major version that there is. */
  static final int MAJOR = 7;

  /** The newest minor version whose features are known here: the one that brought passthrough. */
  static final int MINOR = 40;

  /**
   * The oldest minor version that is spoken here; Linux 5.10 speaks 7.32. Before 7.23 structures
   * were shorter, before 7.28 requests were never longer than 128 KiB.
   */
  static final int OLDEST_MINOR = 31;

  /** {@code FUSE_DEV_IOC_CLONE}: makes a second open device one more queue of a connection. */
  static final int IOC_CLONE = 0x8004E500;

  /**
   * {@code FUSE_DEV_IOC_BACKING_OPEN}: makes an open file known to the connection, as a number.
   * Takes {@code struct fuse_backing_map}: s32 descriptor, u32 flags 0, u64 0.
   */
  static final int IOC_BACKING_OPEN = 0x4010E501;

  /** {@code FUSE_DEV_IOC_BACKING_CLOSE}: forgets the number that is at the address. */
  static final int IOC_BACKING_CLOSE = 0x4004E502;

  /** Largest error number that the kernel takes; behind it are those that it uses inside. */
  static final int MAX_ERRNO = 511;

  /** A notification: see {@link Notifier}. */
  static final int NOTIFY_INVAL_ENTRY = 3;

  /** A notification: see {@link PageFeeder}. */
  static final int NOTIFY_STORE = 4;

  // Answers to OPEN and OPENDIR.
  static final int FOPEN_DIRECT_IO = 1;
  static final int FOPEN_KEEP_CACHE = 1 << 1;
  static final int FOPEN_CACHE_DIR = 1 << 3;
  static final int FOPEN_PASSTHROUGH = 1 << 7;

  private FuseProtocol() {}
}
