package io.snapfs.format.read;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the threads that compute on behalf of readers, so that decoding ahead takes the processors
 * that are left and no more. A thread that waits for the disk, or for what another thread decodes,
 * computes nothing and says so.
 *
 * <p>Safe for use by many threads; takes no lock of its own.
 */
final class Processors {
  private final int count;
  private final AtomicInteger busy = new AtomicInteger();
  private volatile Runnable listener = () -> {};

  /**
   * @param count how many threads may compute at a time
   */
  Processors(int count) {
    this.count = count;
  }

  /**
   * Sets who is told when a processor may have become free, on the thread that left it. There is
   * one listener, set before anything else happens.
   */
  void onSpare(Runnable whenSpare) {
    listener = whenSpare;
  }

  /** The calling thread begins to compute, or goes on after having waited. */
  void take() {
    busy.incrementAndGet();
  }

  /** The calling thread has ended, or is going to wait. */
  void leave() {
    if (busy.decrementAndGet() < count) {
      listener.run();
    }
  }

  boolean hasSpare() {
    return busy.get() < count;
  }
}
