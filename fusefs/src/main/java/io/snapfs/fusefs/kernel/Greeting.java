package io.snapfs.fusefs.kernel;

/**
 * What the kernel says first, {@code struct fuse_init_in}:
 *
 * <pre>
 * 0     u32 major version
 * 4     u32 minor version
 * 8     u32 bytes that it reads ahead at most
 * 12    u32 flags it offers
 * 16    u32 flags2, only with INIT_EXT, else the request ends here
 * 20    44 bytes reserved
 * </pre>
 *
 * @param major version
 * @param minor version
 * @param maxReadahead bytes
 * @param flags {@link InitFlags} that it offers
 */
record Greeting(int major, int minor, int maxReadahead, long flags) {
  static final int MIN_SIZE = 16;

  private static final int MAJOR = 0;
  private static final int MINOR = 4;
  private static final int MAX_READAHEAD = 8;
  private static final int FLAGS = 12;
  private static final int FLAGS2 = 16;
  private static final int EXTENDED_SIZE = 20;
  private static final int FLAGS2_SHIFT = 32;

  static Greeting of(Request request) {
    long flags = Integer.toUnsignedLong(request.u32(FLAGS));
    if ((flags & InitFlags.INIT_EXT) != 0 && request.bodyLength() >= EXTENDED_SIZE) {
      flags |= Integer.toUnsignedLong(request.u32(FLAGS2)) << FLAGS2_SHIFT;
    } else {
      flags &= ~InitFlags.INIT_EXT;
    }
    return new Greeting(request.u32(MAJOR), request.u32(MINOR), request.u32(MAX_READAHEAD), flags);
  }

  String version() {
    return major + "." + Integer.toUnsignedString(minor);
  }
}
