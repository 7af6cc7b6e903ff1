package io.snapfs.gms.server;

import io.snapfs.gms.wire.LockType;

/** A lock that a connection holds. Guarded by its {@link Space}. */
final class Session {
  private LockType lock;

  Session(LockType lock) {
    this.lock = lock;
  }

  LockType lock() {
    return lock;
  }

  /** The layout was sealed: from now on only the contents may change. */
  void seal() {
    lock = LockType.RW_DATA;
  }
}
