package io.snapfs.fusefs.kernel;

/** What a request asks for: {@code enum fuse_opcode} of linux/fuse.h, those with an answer here. */
final class Opcode {
  static final int LOOKUP = 1;
  static final int FORGET = 2;
  static final int GETATTR = 3;
  static final int READLINK = 5;
  static final int OPEN = 14;
  static final int READ = 15;
  static final int STATFS = 17;
  static final int RELEASE = 18;
  static final int GETXATTR = 22;
  static final int LISTXATTR = 23;
  static final int INIT = 26;
  static final int OPENDIR = 27;
  static final int READDIR = 28;
  static final int RELEASEDIR = 29;
  static final int DESTROY = 38;
  static final int NOTIFY_REPLY = 41;
  static final int BATCH_FORGET = 42;
  static final int READDIRPLUS = 44;
  static final int LSEEK = 46;

  /** One above the highest that is looked at. */
  static final int COUNT = 64;

  /**
   * Those that would change something: SETATTR, SYMLINK, MKNOD, MKDIR, UNLINK, RMDIR, RENAME, LINK,
   * WRITE, SETXATTR, REMOVEXATTR, CREATE, FALLOCATE, RENAME2, COPY_FILE_RANGE, TMPFILE. The mount
   * is read-only, so that the kernel asks for none of them unless root remounts it.
   */
  private static final int[] WRITES = {4, 6, 8, 9, 10, 11, 12, 13, 16, 21, 24, 35, 43, 45, 47, 51};

  private Opcode() {}

  static int[] writes() {
    return WRITES.clone();
  }
}
