package io.snapfs.restore.pages;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long things took, in steps of an eighth of a doubling: a percentile is too high by less than
 * an eighth. Safe for use by many threads; allocates nothing.
 */
final class LatencyHistogram {
  private static final int STEP_BITS = 3;
  private static final int STEPS = 1 << STEP_BITS;
  private static final double PERCENT = 100;

  private final AtomicLongArray counts = new AtomicLongArray(Long.SIZE * STEPS);
  private final AtomicLong most = new AtomicLong();

  void add(long nanos) {
    counts.incrementAndGet(bucket(Math.max(nanos, 1)));
    most.accumulateAndGet(nanos, Math::max);
  }

  /** What so many percent did not exceed; 0 if there is nothing. */
  long percentile(int percent) {
    long total = 0;
    for (int i = 0; i < counts.length(); i++) {
      total += counts.get(i);
    }
    long left = (long) Math.ceil(total * percent / PERCENT);
    for (int i = 0; i < counts.length() && total > 0; i++) {
      left -= counts.get(i);
      if (left <= 0) {
        return Math.min(end(i), most.get());
      }
    }
    return 0;
  }

  /** Adds what is here to another one. */
  void addTo(LatencyHistogram sum) {
    for (int i = 0; i < counts.length(); i++) {
      sum.counts.addAndGet(i, counts.get(i));
    }
    sum.most.accumulateAndGet(most.get(), Math::max);
  }

  /** The longest; 0 if there is nothing. */
  long most() {
    return most.get();
  }

  private static int bucket(long nanos) {
    if (nanos < STEPS) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - STEP_BITS;
    return (shift + 1) * STEPS + (int) (nanos >>> shift) - STEPS;
  }

  /** The largest number of a bucket. */
  private static long end(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int shift = bucket / STEPS - 1;
    return ((long) (bucket % STEPS + STEPS + 1) << shift) - 1;
  }
}
