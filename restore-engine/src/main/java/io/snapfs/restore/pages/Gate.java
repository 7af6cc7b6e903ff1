package io.snapfs.restore.pages;

import java.util.concurrent.TimeUnit;

/**
 * Whether a mapping of a process that is being restored can be filled yet. CRIU registers it late;
 * until then every try is in vain, so it is tried once in a while only, whatever number of segments
 * the mapping has. Safe for use by many threads; a race costs one try.
 */
final class Gate {
  /** How long a closed gate isn't tried again. */
  static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private volatile boolean open;
  private volatile long closedUntil = System.nanoTime();

  /** A gate that is open from the start. */
  static Gate opened() {
    Gate gate = new Gate();
    gate.open = true;
    return gate;
  }

  /** Whether to try. */
  boolean isWorthTrying() {
    return open || System.nanoTime() - closedUntil >= 0;
  }

  /** A page could be put there. True if that is news. */
  boolean open() {
    boolean news = !open;
    if (news) {
      open = true;
    }
    return news;
  }

  /** The mapping was not there, or not registered. */
  void refuse() {
    closedUntil = System.nanoTime() + PAUSE_NANOS;
  }
}
