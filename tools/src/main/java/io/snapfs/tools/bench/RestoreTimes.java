package io.snapfs.tools.bench;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How long a restore took, in nanoseconds from the start of its first program.
 *
 * @param returned until the command returned and the process ran
 * @param output until the process had written to its output file
 * @param filled until all of its memory was there
 */
public record RestoreTimes(long returned, long output, long filled) {
  /** The median of each. */
  public static RestoreTimes median(List<RestoreTimes> rounds) {
    return new RestoreTimes(
        median(rounds, RestoreTimes::returned),
        median(rounds, RestoreTimes::output),
        median(rounds, RestoreTimes::filled));
  }

  private static long median(List<RestoreTimes> rounds, ToLongFunction<RestoreTimes> which) {
    long[] sorted = rounds.stream().mapToLong(which).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
