package io.snapfs.restore.pages;

import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Poll;
import io.snapfs.linux.SocketMessage;
import io.snapfs.linux.UnixSockets;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Owns the socket in a work dir that {@code criu restore --lazy-pages} connects to. For one thread.
 */
final class LazySocket implements AutoCloseable {
  /** The name that CRIU knows. */
  static final String NAME = "lazy-pages.socket";

  private final Fd dir;
  private final Fd listening;
  private final Poll poll = new Poll(2);

  /**
   * Listens, in place of a page server that has ended.
   *
   * @throws SnapfsException if a page server listens there
   */
  LazySocket(Path workDir) throws IOException {
    byte[] path = Names.of(workDir.toString());
    dir = Open.at(Fd.CWD, path, Open.O_RDONLY | Open.O_DIRECTORY);
    boolean made = false;
    try {
      listening = listen(workDir);
      made = true;
    } finally {
      if (!made) {
        dir.close();
      }
    }
  }

  private Fd listen(Path workDir) throws IOException {
    byte[] name = Names.of(NAME);
    try {
      return UnixSockets.listen(dir, name, 1);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.EADDRINUSE)) {
        throw e;
      }
    }
    if (isServed(name)) {
      throw new SnapfsException(
          "a page server listens at "
              + workDir.resolve(NAME)
              + " already: end it, or choose another work dir");
    }
    Entries.unlink(dir, name);
    return UnixSockets.listen(dir, name, 1);
  }

  private boolean isServed(byte[] name) throws LinuxException {
    try (Fd connection = UnixSockets.connect(dir, name)) {
      new SocketMessage(Integer.BYTES).send(connection, 0, Integer.BYTES); // pid 0: nobody
      return true;
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ECONNREFUSED) || e.isErrno(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  /** Waits for a connection; null if {@code wake} becomes readable first. */
  Fd accept(Fd wake) throws LinuxException {
    return await(listening, wake) ? UnixSockets.accept(listening) : null;
  }

  /** Waits until there is something to receive; false if {@code wake} becomes readable first. */
  boolean await(Fd fd, Fd wake) throws LinuxException {
    poll.clear();
    int at = poll.add(fd, Poll.POLLIN);
    poll.add(wake, Poll.POLLIN);
    poll.await(-1);
    return poll.ready(at) != 0;
  }

  @Override
  public void close() throws LinuxException {
    listening.close();
    try {
      Entries.unlink(dir, Names.of(NAME));
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ENOENT)) {
        throw e;
      }
    } finally {
      dir.close();
    }
  }
}
