package io.snapfs.format.read;

import io.snapfs.linux.LinuxException;
import java.util.ArrayDeque;

/**
 * The decode contexts of readers who decode on their own threads: few, however many readers there
 * are. They are made when first needed. Its monitor guards everything; a borrower must wait for
 * nothing but the store until it gives back.
 */
final class DecodeContexts implements AutoCloseable {
  private final int most;
  private final ArrayDeque<DecodeContext> idle = new ArrayDeque<>();
  private int made;

  DecodeContexts(int most) {
    this.most = most;
  }

  /** Gives out a context, waiting while all are in use. */
  synchronized DecodeContext borrow() throws LinuxException {
    boolean interrupted = false;
    while (idle.isEmpty() && made == most) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // a read is not abandoned half-way; the caller sees the flag
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    DecodeContext context = idle.poll();
    if (context == null) {
      context = new DecodeContext();
      made++;
    }
    return context;
  }

  /** Takes a context back; the latest one is the next one given out. */
  void giveBack(DecodeContext context) throws LinuxException {
    try {
      context.trim();
    } finally {
      synchronized (this) {
        idle.push(context);
        notifyAll();
      }
    }
  }

  /** Frees all. None may be borrowed. */
  @Override
  public synchronized void close() {
    idle.forEach(DecodeContext::close);
    idle.clear();
  }
}
