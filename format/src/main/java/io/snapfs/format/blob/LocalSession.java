package io.snapfs.format.blob;

import io.snapfs.format.PackId;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** A session of a directory store: the directory {@code tmp/UUID/} and the lock inside. */
final class LocalSession implements WriteSession {
  private static final String SCRATCH = "/scratch";

  private final Root root;
  private final String directory;
  private final Fd lock;
  private final Pins pins;
  private final Set<PackId> pinned = new HashSet<>();
  private int created;
  private boolean closed;

  private LocalSession(Root root, String directory, Fd lock, Pins pins) {
    this.root = root;
    this.directory = directory;
    this.lock = lock;
    this.pins = pins;
  }

  /** Begins a session; waits while somebody sweeps. */
  @SuppressWarnings("try") // the lock is held, not used
  static LocalSession begin(Root root) throws IOException {
    String directory = Sessions.DIRECTORY + "/" + UUID.randomUUID();
    try {
      root.ensureDirectory(Sessions.DIRECTORY);
      try (HeldLock notSwept = HeldLock.shared(root, LocalBlobStore.LOCK)) {
        return make(root, directory);
      }
    } catch (LinuxException e) {
      throw Failures.writing("the store " + root.path(), e);
    }
  }

  private static LocalSession make(Root root, String directory) throws IOException {
    root.makeDirectory(directory);
    Fd lock = null;
    LocalSession session = null;
    try {
      lock = root.createNew(directory + "/" + Sessions.LOCK_FILE);
      Flock.exclusive(lock);
      root.makeDirectory(directory + SCRATCH);
      session = new LocalSession(root, directory, lock, new Pins(root, directory));
      return session;
    } finally {
      if (session == null) {
        Trees.delete(root.resolve(directory));
        if (lock != null) {
          lock.close();
        }
      }
    }
  }

  String directory() {
    return directory;
  }

  @Override
  public synchronized BlobWriter create(String key) throws IOException {
    expectOpen();
    String temporary = directory + "/" + created++;
    try {
      return new LocalBlobWriter(root, Keys.check(key), temporary);
    } catch (LinuxException e) {
      throw Failures.writing(root.resolve(temporary).toString(), e);
    }
  }

  @Override
  public synchronized boolean pin(PackId pack) throws IOException {
    if (pinned.contains(pack)) {
      return true;
    }
    append(pack);
    try {
      if (!isThere(pack)) {
        return false;
      }
      // Its writer may not have come so far yet, and what we publish must not outlive it.
      root.syncDirectory(Keys.parent(pack.key()));
    } catch (LinuxException e) {
      throw Failures.reading(root.resolve(pack.key()).toString(), e);
    }
    pinned.add(pack);
    return true;
  }

  @Override
  public synchronized void pinOwn(PackId pack) throws IOException {
    append(pack);
    pinned.add(pack);
  }

  /** From the moment that the lock is free again, a sweep sees the pin. */
  @SuppressWarnings("try") // the lock is held, not used
  private void append(PackId pack) throws IOException {
    expectOpen();
    try (HeldLock notSwept = HeldLock.shared(root, LocalBlobStore.LOCK)) {
      pins.append(pack);
    } catch (LinuxException e) {
      throw Failures.writing(root.resolve(LocalBlobStore.LOCK).toString(), e);
    }
  }

  private boolean isThere(PackId pack) throws LinuxException {
    try {
      return Stat.lstatAt(root.fd(), Names.of(pack.key())).isRegular();
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public Path scratch() {
    return root.resolve(directory + SCRATCH);
  }

  private void expectOpen() {
    if (closed) {
      throw new IllegalStateException("session " + directory + " is closed");
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      Trees.delete(root.resolve(directory));
    } finally {
      release(); // last: until here nobody else cleans up
    }
  }

  /** Lets the lock go, as the end of the process does. */
  void release() {
    pins.close();
    lock.close();
  }
}
