package io.snapfs.linux;

/**
 * Advisory locks on whole files: flock(2). A lock belongs to the open file, not to the process: it
 * ends with the last close of the {@link Fd} (also when the process is killed), and two {@code Fd}
 * of one process exclude each other. A lock that is already held is converted, but not in one step:
 * it may be lost to another on the way.
 */
public final class Flock {
  private static final int LOCK_SH = 1;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final int LOCK_UN = 8;

  private Flock() {}

  /** Takes a shared lock, and waits as long as it takes. */
  public static void shared(Fd fd) throws LinuxException {
    flock(fd, LOCK_SH);
  }

  /** Takes the exclusive lock, and waits as long as it takes. */
  public static void exclusive(Fd fd) throws LinuxException {
    flock(fd, LOCK_EX);
  }

  /** Takes a shared lock; false, at once, if another holds it exclusively. */
  public static boolean tryShared(Fd fd) throws LinuxException {
    return flock(fd, LOCK_SH | LOCK_NB);
  }

  /** Takes the exclusive lock; false, at once, if another holds one. */
  public static boolean tryExclusive(Fd fd) throws LinuxException {
    return flock(fd, LOCK_EX | LOCK_NB);
  }

  /** Gives the lock back; without effect if none is held. */
  public static void unlock(Fd fd) throws LinuxException {
    flock(fd, LOCK_UN);
  }

  private static boolean flock(Fd fd, int operation) throws LinuxException {
    DataCalls calls = Native.data();
    int result;
    do {
      result = calls.flock(fd.intValue(), operation);
    } while (result != 0 && LinuxException.interrupted());
    if (result == 0) {
      return true;
    }
    if ((operation & LOCK_NB) != 0 && LinuxException.lastErrno() == Errno.EWOULDBLOCK) {
      return false;
    }
    throw LinuxException.last("flock", fd);
  }
}
