package io.snapfs.format.blob;

import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.LinuxException;
import java.io.Closeable;

/**
 * A flock(2) lock on a lock file, held until closed. Each instance opens the file anew, so that two
 * of one process exclude each other as two processes do. The lock ends with the process, however it
 * ends; {@code FileChannel.lock} would be lost with the first close of any descriptor of the file.
 */
final class HeldLock implements Closeable {
  private final Fd fd;

  private HeldLock(Fd fd) {
    this.fd = fd;
  }

  /** Waits for the lock, shared with others who take it shared. */
  static HeldLock shared(Root root, String name) throws LinuxException {
    return take(
        root,
        name,
        fd -> {
          Flock.shared(fd);
          return true;
        });
  }

  /** Waits for the lock. */
  static HeldLock exclusive(Root root, String name) throws LinuxException {
    return take(
        root,
        name,
        fd -> {
          Flock.exclusive(fd);
          return true;
        });
  }

  /** Takes the lock if nobody holds it; null if somebody does. */
  static HeldLock tryExclusive(Root root, String name) throws LinuxException {
    return take(root, name, Flock::tryExclusive);
  }

  private interface Taking {
    boolean take(Fd fd) throws LinuxException;
  }

  private static HeldLock take(Root root, String name, Taking taking) throws LinuxException {
    Fd fd = root.openLockFile(name);
    boolean held = false;
    try {
      held = taking.take(fd);
      return held ? new HeldLock(fd) : null;
    } finally {
      if (!held) {
        fd.close();
      }
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
