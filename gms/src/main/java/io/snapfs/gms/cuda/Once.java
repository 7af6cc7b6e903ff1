package io.snapfs.gms.cuda;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether something has been closed; says yes to one caller only. */
final class Once {
  private final AtomicBoolean done = new AtomicBoolean();

  /** Whether this is the first call. */
  boolean first() {
    return done.compareAndSet(false, true);
  }

  /** Throws if it is over. */
  void check(Object owner) {
    if (done.get()) {
      throw new IllegalStateException("used after it was closed: " + owner);
    }
  }
}
