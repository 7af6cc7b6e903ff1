package io.snapfs.format.blob;

import io.snapfs.format.PackId;
import io.snapfs.linux.LinuxException;
import java.io.IOException;
import java.util.Set;

/** The exclusive {@code lock} of a directory store. */
final class LocalSweepLock implements SweepLock {
  private final Root root;
  private final Sessions sessions;
  private final HeldLock lock;

  LocalSweepLock(Root root, Sessions sessions, HeldLock lock) {
    this.root = root;
    this.sessions = sessions;
    this.lock = lock;
  }

  @Override
  public Set<PackId> pinned(WriteSession except) throws IOException {
    return sessions.pinned(except instanceof LocalSession own ? own.directory() : null);
  }

  @Override
  public boolean delete(String key) throws IOException {
    try {
      if (!root.unlink(Keys.check(key))) {
        return false;
      }
      root.syncDirectory(Keys.parent(key));
      return true;
    } catch (LinuxException e) {
      throw Failures.removing(root.resolve(key).toString(), e);
    }
  }

  @Override
  public long deadSessionBytes() throws IOException {
    return sessions.forEachDead(Trees::size);
  }

  @Override
  public long cleanDeadSessions() throws IOException {
    return sessions.cleanDead();
  }

  @Override
  public void close() {
    lock.close();
  }
}
