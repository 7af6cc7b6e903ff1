package io.snapfs.format.read;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the threads that compute on behalf of readers, so that decoding ahead takes the processors
 * that are left and no more. A thread that waits for the disk, or for what another thread decodes,
 * computes nothing and says so.
 *
 * <p>Safe for use by many threads; takes no lock of its own.
 */
final class Processors {
  private static final long ONE_TAKE = 1L << 32;

  private final int count;

  /** Threads that compute in its lower half, how often one began to in its upper half. */
  private final AtomicLong state = new AtomicLong();

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
    state.addAndGet(ONE_TAKE + 1);
  }

  /** The calling thread has ended, or is going to wait. */
  void leave() {
    if ((int) state.decrementAndGet() < count) {
      listener.run();
    }
  }

  boolean hasSpare() {
    return (int) state.get() < count;
  }

  /** How often a thread began to compute or went on: a number that changes while anybody reads. */
  int takes() {
    return (int) (state.get() >>> 32);
  }
}
