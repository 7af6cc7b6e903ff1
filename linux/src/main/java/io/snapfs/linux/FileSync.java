package io.snapfs.linux;

/**
 * Brings data to the disk, and tells the kernel what will be read: the sync family and
 * posix_fadvise(2).
 */
public final class FileSync {
  public static final int SYNC_FILE_RANGE_WAIT_BEFORE = 1;
  public static final int SYNC_FILE_RANGE_WRITE = 2;
  public static final int SYNC_FILE_RANGE_WAIT_AFTER = 4;

  public static final int POSIX_FADV_NORMAL = 0;
  public static final int POSIX_FADV_RANDOM = 1;
  public static final int POSIX_FADV_SEQUENTIAL = 2;
  public static final int POSIX_FADV_WILLNEED = 3;
  public static final int POSIX_FADV_DONTNEED = 4;

  private FileSync() {}

  /** Returns when a file's or directory's data and attributes are on the disk. */
  public static void fsync(Fd fd) throws LinuxException {
    DataCalls calls = Native.data();
    int result;
    do {
      result = calls.fsync(fd.intValue());
    } while (result != 0 && LinuxException.interrupted());
    if (result != 0) {
      throw LinuxException.last("fsync", fd);
    }
  }

  /** Returns when a file's data, and what is needed to read it, is on the disk. */
  public static void fdatasync(Fd fd) throws LinuxException {
    DataCalls calls = Native.data();
    int result;
    do {
      result = calls.fdatasync(fd.intValue());
    } while (result != 0 && LinuxException.interrupted());
    if (result != 0) {
      throw LinuxException.last("fdatasync", fd);
    }
  }

  /** Returns when all data of the filesystem that the file lies on is on the disk. */
  public static void syncfs(Fd fd) throws LinuxException {
    if (Native.data().syncfs(fd.intValue()) != 0) {
      throw LinuxException.last("syncfs", fd);
    }
  }

  /**
   * Starts or awaits the writing of a range, to spread the work of a later {@link #fdatasync}. It
   * guarantees nothing after a power cut.
   *
   * @param length in bytes, 0 for up to the end of the file
   * @param flags the SYNC_FILE_RANGE constants
   */
  public static void syncFileRange(Fd fd, long offset, long length, int flags)
      throws LinuxException {
    DataCalls calls = Native.data();
    int result;
    do {
      result = calls.sync_file_range(fd.intValue(), offset, length, flags);
    } while (result != 0 && LinuxException.interrupted());
    if (result != 0) {
      throw LinuxException.last("sync_file_range", fd);
    }
  }

  /**
   * Says how a range will be used.
   *
   * @param length in bytes, 0 for up to the end of the file
   * @param advice one of the POSIX_FADV constants
   */
  public static void advise(Fd fd, long offset, long length, int advice) throws LinuxException {
    int errno = Native.data().posix_fadvise(fd.intValue(), offset, length, advice);
    if (errno != 0) {
      throw new LinuxException("posix_fadvise", errno, fd.toString());
    }
  }
}
