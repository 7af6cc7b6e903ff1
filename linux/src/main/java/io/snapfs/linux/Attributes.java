package io.snapfs.linux;

import java.nio.ByteBuffer;

/** Changes owner, permissions and times. Names are never followed if they are symbolic links. */
public final class Attributes {
  /** As the nanoseconds of a time: set it to now. */
  public static final int UTIME_NOW = (1 << 30) - 1;

  /** As the nanoseconds of a time: leave it alone. */
  public static final int UTIME_OMIT = (1 << 30) - 2;

  private static final int AT_SYMLINK_NOFOLLOW = 0x100;

  private Attributes() {}

  /**
   * Changes owner and group; the kernel clears set-id bits, so change the permissions afterwards.
   *
   * @param uid unsigned 32-bit number, -1 to leave it alone
   * @param gid unsigned 32-bit number, -1 to leave it alone
   */
  public static void chown(Fd dir, byte[] name, int uid, int gid) throws LinuxException {
    int result =
        Native.tree()
            .fchownat(dir.intValue(), Names.terminated(name), uid, gid, AT_SYMLINK_NOFOLLOW);
    if (result != 0) {
      throw LinuxException.last("fchownat", dir, name);
    }
  }

  /** Changes the permission bits of an open file. */
  public static void chmod(Fd fd, int permissions) throws LinuxException {
    if (Native.tree().fchmod(fd.intValue(), permissions) != 0) {
      throw LinuxException.last("fchmod", fd);
    }
  }

  /**
   * Changes the permission bits of a name.
   *
   * @throws LinuxException EOPNOTSUPP if it is a symbolic link, which has none
   */
  public static void chmod(Fd dir, byte[] name, int permissions) throws LinuxException {
    int result =
        Native.tree()
            .fchmodat(dir.intValue(), Names.terminated(name), permissions, AT_SYMLINK_NOFOLLOW);
    if (result != 0) {
      throw LinuxException.last("fchmodat", dir, name);
    }
  }

  /**
   * Changes the times of a name.
   *
   * @param atimeSec last access, seconds since 1970
   * @param atimeNsec nanoseconds of it, or {@link #UTIME_NOW} or {@link #UTIME_OMIT}
   * @param mtimeSec last change of the contents, seconds since 1970
   * @param mtimeNsec nanoseconds of it, or {@link #UTIME_NOW} or {@link #UTIME_OMIT}
   */
  public static void setTimes(
      Fd dir, byte[] name, long atimeSec, int atimeNsec, long mtimeSec, int mtimeNsec)
      throws LinuxException {
    long times = timespecs(atimeSec, atimeNsec, mtimeSec, mtimeNsec);
    if (Native.tree().utimensat(dir.intValue(), Names.terminated(name), times, AT_SYMLINK_NOFOLLOW)
        != 0) {
      throw LinuxException.last("utimensat", dir, name);
    }
  }

  /** Changes the times of an open file; the parameters are those of the method for a name. */
  public static void setTimes(Fd fd, long atimeSec, int atimeNsec, long mtimeSec, int mtimeNsec)
      throws LinuxException {
    long times = timespecs(atimeSec, atimeNsec, mtimeSec, mtimeNsec);
    if (Native.tree().futimens(fd.intValue(), times) != 0) {
      throw LinuxException.last("futimens", fd);
    }
  }

  private static long timespecs(long atimeSec, int atimeNsec, long mtimeSec, int mtimeNsec) {
    Scratch scratch = Scratch.get();
    ByteBuffer times = scratch.buffer();
    times.putLong(0, atimeSec).putLong(8, atimeNsec).putLong(16, mtimeSec).putLong(24, mtimeNsec);
    return scratch.address();
  }
}
