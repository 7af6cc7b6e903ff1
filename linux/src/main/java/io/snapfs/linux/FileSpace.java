package io.snapfs.linux;

/**
 * A file's length and its holes: ftruncate(2), fallocate(2), lseek(2). Offsets and lengths are in
 * bytes.
 */
public final class FileSpace {
  public static final int FALLOC_FL_KEEP_SIZE = 1;
  public static final int FALLOC_FL_PUNCH_HOLE = 2;

  /** Returned by {@link #seekData} if there is no data at or behind the offset. */
  public static final long NO_DATA = -1;

  static final int SEEK_SET = 0;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  private FileSpace() {}

  /** Sets the length of a file; what is added is a hole. */
  public static void truncate(Fd fd, long length) throws LinuxException {
    DataCalls calls = Native.data();
    int result;
    do {
      result = calls.ftruncate(fd.intValue(), length);
    } while (result != 0 && LinuxException.interrupted());
    if (result != 0) {
      throw LinuxException.last("ftruncate", fd + " to " + length + " bytes");
    }
  }

  /**
   * Allocates or frees space.
   *
   * @param mode 0 to allocate and extend, or the FALLOC_FL constants
   */
  public static void allocate(Fd fd, int mode, long offset, long length) throws LinuxException {
    DataCalls calls = Native.data();
    int result;
    do {
      result = calls.fallocate(fd.intValue(), mode, offset, length);
    } while (result != 0 && LinuxException.interrupted());
    if (result != 0) {
      throw LinuxException.last("fallocate", fd + ", " + length + " bytes at offset " + offset);
    }
  }

  /** Makes a range read as zeros and gives its space back; the length of the file stays. */
  public static void punchHole(Fd fd, long offset, long length) throws LinuxException {
    allocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
  }

  /**
   * Where the next data begins, at or behind an offset; {@link #NO_DATA} if the rest of the file is
   * a hole or the offset lies behind its end. Moves the file's position, which nothing in this
   * package uses but {@link Directory}.
   */
  public static long seekData(Fd fd, long offset) throws LinuxException {
    long position = Native.data().lseek(fd.intValue(), offset, SEEK_DATA);
    if (position >= 0) {
      return position;
    }
    if (LinuxException.lastErrno() == Errno.ENXIO) {
      return NO_DATA;
    }
    throw LinuxException.last("lseek SEEK_DATA", fd + " at offset " + offset);
  }

  /**
   * Where the next hole begins, at or behind an offset; the end of the file counts as one. A
   * filesystem that does not keep holes answers with the end of the file. Moves the file's
   * position.
   *
   * @throws LinuxException ENXIO if the offset is at or behind the end of the file
   */
  public static long seekHole(Fd fd, long offset) throws LinuxException {
    long position = Native.data().lseek(fd.intValue(), offset, SEEK_HOLE);
    if (position < 0) {
      throw LinuxException.last("lseek SEEK_HOLE", fd + " at offset " + offset);
    }
    return position;
  }
}
