package io.snapfs.linux;

import java.nio.ByteBuffer;

/**
 * A file's attributes, as statx(2) gives them.
 *
 * @param mode type and permissions, see {@link Mode}
 * @param uid owner, an unsigned 32-bit number
 * @param gid group, an unsigned 32-bit number
 * @param nlink number of hard links
 * @param ino inode number, unsigned
 * @param size in bytes; of a symbolic link, its target's length
 * @param blocks allocated space in units of 512 bytes
 * @param blockSize preferred size of an I/O request in bytes
 * @param mtimeSec last change of the contents, seconds since 1970, may be negative
 * @param mtimeNsec nanoseconds of it, 0 to 999,999,999
 * @param ctimeSec last change of the attributes, seconds since 1970
 * @param ctimeNsec nanoseconds of it
 * @param rdevMajor device that a device node stands for
 * @param rdevMinor device that a device node stands for
 * @param devMajor device that the file lies on
 * @param devMinor device that the file lies on
 * @param mntId the mount that it was reached through, or {@link #NO_MNT_ID} from a kernel before
 *     5.8
 */
public record Stat(
    int mode,
    int uid,
    int gid,
    long nlink,
    long ino,
    long size,
    long blocks,
    int blockSize,
    long mtimeSec,
    int mtimeNsec,
    long ctimeSec,
    int ctimeNsec,
    int rdevMajor,
    int rdevMinor,
    int devMajor,
    int devMinor,
    long mntId) {

  /** In {@link #mntId()}: the kernel did not say. */
  public static final long NO_MNT_ID = -1;

  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int STATX_MNT_ID = 0x1000;

  // struct statx of linux/stat.h, the same on every architecture.
  private static final int MASK = 0;
  private static final int BLOCK_SIZE = 4;
  private static final int NLINK = 16;
  private static final int UID = 20;
  private static final int GID = 24;
  private static final int MODE = 28;
  private static final int INO = 32;
  private static final int SIZE = 40;
  private static final int BLOCKS = 48;
  private static final int CTIME_SEC = 96;
  private static final int CTIME_NSEC = 104;
  private static final int MTIME_SEC = 112;
  private static final int MTIME_NSEC = 120;
  private static final int RDEV_MAJOR = 128;
  private static final int RDEV_MINOR = 132;
  private static final int DEV_MAJOR = 136;
  private static final int DEV_MINOR = 140;
  private static final int MNT_ID = 144;

  /** The attributes of an open file; also of one opened with {@link Open#O_PATH}. */
  public static Stat fstat(Fd fd) throws LinuxException {
    Scratch scratch = Scratch.get();
    if (statx(fd, new byte[1], AT_EMPTY_PATH, scratch) != 0) {
      throw LinuxException.last("statx", fd);
    }
    return decode(scratch.buffer());
  }

  /** The attributes of a name in a directory; of a symbolic link, its own. */
  public static Stat lstatAt(Fd dir, byte[] name) throws LinuxException {
    return statAt(dir, name, AT_SYMLINK_NOFOLLOW);
  }

  /** The attributes of a name in a directory; of a symbolic link, those of what it points to. */
  public static Stat statAt(Fd dir, byte[] name) throws LinuxException {
    return statAt(dir, name, 0);
  }

  private static Stat statAt(Fd dir, byte[] name, int flags) throws LinuxException {
    Scratch scratch = Scratch.get();
    if (statx(dir, Names.terminated(name), flags, scratch) != 0) {
      throw LinuxException.last("statx", dir, name);
    }
    return decode(scratch.buffer());
  }

  private static int statx(Fd dir, byte[] path, int flags, Scratch scratch) {
    DataCalls calls = Native.data();
    int mask = STATX_BASIC_STATS | STATX_MNT_ID;
    int result;
    do {
      result = calls.statx(dir.intValue(), path, flags, mask, scratch.address());
    } while (result != 0 && LinuxException.interrupted());
    return result;
  }

  private static Stat decode(ByteBuffer statx) {
    boolean hasMntId = (statx.getInt(MASK) & STATX_MNT_ID) != 0;
    return new Stat(
        Short.toUnsignedInt(statx.getShort(MODE)),
        statx.getInt(UID),
        statx.getInt(GID),
        Integer.toUnsignedLong(statx.getInt(NLINK)),
        statx.getLong(INO),
        statx.getLong(SIZE),
        statx.getLong(BLOCKS),
        statx.getInt(BLOCK_SIZE),
        statx.getLong(MTIME_SEC),
        statx.getInt(MTIME_NSEC),
        statx.getLong(CTIME_SEC),
        statx.getInt(CTIME_NSEC),
        statx.getInt(RDEV_MAJOR),
        statx.getInt(RDEV_MINOR),
        statx.getInt(DEV_MAJOR),
        statx.getInt(DEV_MINOR),
        hasMntId ? statx.getLong(MNT_ID) : NO_MNT_ID);
  }

  /** Whether it is a regular file. */
  public boolean isRegular() {
    return Mode.type(mode) == Mode.S_IFREG;
  }

  /** Whether it is a directory. */
  public boolean isDirectory() {
    return Mode.type(mode) == Mode.S_IFDIR;
  }

  /** Whether it is a symbolic link. */
  public boolean isSymlink() {
    return Mode.type(mode) == Mode.S_IFLNK;
  }

  /** The permission bits, with set-id and sticky bits. */
  public int permissions() {
    return Mode.permissions(mode);
  }

  /**
   * Whether both are attributes of one and the same file of one filesystem, by device and inode
   * number.
   */
  public boolean isSameFile(Stat other) {
    return ino == other.ino && devMajor == other.devMajor && devMinor == other.devMinor;
  }
}
