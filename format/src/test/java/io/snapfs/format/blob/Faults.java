package io.snapfs.format.blob;

import java.util.Random;

/** Decides, from a seed, which operations fail and when the process "dies". Thread-safe. */
final class Faults {
  private final Random random;
  private double share;
  private long operations;
  private long injected;
  private long crashAt = Long.MAX_VALUE;
  private boolean crashed;

  Faults(long seed) {
    random = new Random(seed);
  }

  synchronized void setShare(double share) {
    this.share = share;
  }

  synchronized void crashAt(long operation) {
    crashAt = operation;
  }

  synchronized void crash() {
    crashed = true;
  }

  synchronized boolean isCrashed() {
    return crashed;
  }

  synchronized long operations() {
    return operations;
  }

  synchronized long injected() {
    return injected;
  }

  /** Counts an operation. True if it is to fail; after a crash all are. */
  synchronized boolean strikes() {
    operations++;
    crashed |= operations >= crashAt;
    boolean strikes = crashed || random.nextDouble() < share;
    injected += strikes ? 1 : 0;
    return strikes;
  }

  /** Counts an operation, and fails if it is to. */
  void mayFail(String operation) throws InjectedException {
    if (strikes()) {
      throw new InjectedException(operation);
    }
  }

  /** True or false alike; false after a crash, when nothing is done any more. */
  synchronized boolean flip() {
    return !crashed && random.nextBoolean();
  }

  /** Uniform, 0 to {@code bound}, both included. */
  synchronized int upTo(int bound) {
    return random.nextInt(bound + 1);
  }
}
