package io.snapfs.format.blob;

import io.snapfs.linux.Fd;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns a descriptor that many threads use, and closes it when it was closed and the last call on it
 * has returned. Without the count a read could land in a file that got the same number meanwhile.
 */
final class SharedFd implements AutoCloseable {
  private final Fd fd;
  private final AtomicInteger users = new AtomicInteger(1);
  private final AtomicBoolean closed = new AtomicBoolean();

  SharedFd(Fd fd) {
    this.fd = fd;
  }

  /** The descriptor, open until {@link #release()}, which must follow. */
  Fd acquire() throws ClosedChannelException {
    int count = users.get();
    while (count > 0 && !closed.get()) {
      if (users.compareAndSet(count, count + 1)) {
        return fd;
      }
      count = users.get();
    }
    throw new ClosedChannelException();
  }

  void release() {
    if (users.decrementAndGet() == 0) {
      fd.close();
    }
  }

  /** Closes as soon as nobody uses it. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release();
    }
  }
}
