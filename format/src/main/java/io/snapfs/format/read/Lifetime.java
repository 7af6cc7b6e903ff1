package io.snapfs.format.read;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets something be closed while it is used: users enter and leave, and what is to be done at the
 * end is done once, when it was closed and the last user has left. Allocates nothing.
 */
final class Lifetime {
  private static final int CLOSED = 1 << 31;

  private final AtomicInteger state = new AtomicInteger(); // CLOSED bit and number of users
  private final Runnable end;

  /**
   * @param end run by the thread that closes or leaves last
   */
  Lifetime(Runnable end) {
    this.end = end;
  }

  /** Becomes a user. False if it was closed. */
  boolean tryEnter() {
    while (true) {
      int seen = state.get();
      if (seen < 0) {
        return false;
      }
      if (state.compareAndSet(seen, seen + 1)) {
        return true;
      }
    }
  }

  /** Adds a user on behalf of one who is inside, closed or not. */
  void enterBeside() {
    state.incrementAndGet();
  }

  /** Stops being a user. */
  void leave() {
    if (state.decrementAndGet() == CLOSED) {
      end.run();
    }
  }

  /** Lets nobody in any more. False if that had been done before. */
  boolean close() {
    while (true) {
      int seen = state.get();
      if (seen < 0) {
        return false;
      }
      if (state.compareAndSet(seen, seen | CLOSED)) {
        if (seen == 0) {
          end.run();
        }
        return true;
      }
    }
  }

  boolean isClosed() {
    return state.get() < 0;
  }
}
