package io.snapfs.linux;

/** The bits of a file's mode: its type and its permissions. */
public final class Mode {
  public static final int S_IFMT = 0170000;
  public static final int S_IFSOCK = 0140000;
  public static final int S_IFLNK = 0120000;
  public static final int S_IFREG = 0100000;
  public static final int S_IFBLK = 0060000;
  public static final int S_IFDIR = 0040000;
  public static final int S_IFCHR = 0020000;
  public static final int S_IFIFO = 0010000;
  public static final int S_ISUID = 04000;
  public static final int S_ISGID = 02000;
  public static final int S_ISVTX = 01000;

  /** Everything that chmod(2) can set. */
  public static final int PERMISSIONS = 07777;

  private Mode() {}

  /** The type's bits of a mode, one of the {@code S_IF} constants. */
  public static int type(int mode) {
    return mode & S_IFMT;
  }

  /** The permission bits of a mode, with set-id and sticky bits. */
  public static int permissions(int mode) {
    return mode & PERMISSIONS;
  }
}
