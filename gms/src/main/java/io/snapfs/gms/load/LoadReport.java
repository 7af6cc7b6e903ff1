package io.snapfs.gms.load;

import java.util.Map;

/**
 * What a load did.
 *
 * @param weightBytes that devices got, all together
 * @param storedBytes that were read for it
 * @param cachedBytes of the weights, those that an earlier load, or one at the same time, had
 *     decoded into pinned memory
 * @param slabs that were allocated
 * @param names that were put beside them
 * @param nanos from the beginning to the commit
 * @param fillNanos of these, from when both the plan was made and the devices had given memory
 *     until the last copy was done; up to a ring of it may have been decoded before
 * @param phases nanoseconds of each phase
 */
public record LoadReport(
    long weightBytes,
    long storedBytes,
    long cachedBytes,
    int devices,
    int slabs,
    int names,
    long nanos,
    long fillNanos,
    Map<Phase, Long> phases) {

  /** Bytes of weights per nanosecond, which are GB per second. */
  public double gigabytesPerSecond() {
    return nanos == 0 ? 0 : (double) weightBytes / nanos;
  }

  /** The same over {@link #fillNanos} only: how fast weights flow once everything has started. */
  public double fillGigabytesPerSecond() {
    return fillNanos == 0 ? 0 : (double) weightBytes / fillNanos;
  }
}
