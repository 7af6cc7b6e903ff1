package io.snapfs.tools.bench;

import org.HdrHistogram.Histogram;

/**
 * What the readers of a round saw.
 *
 * @param nanos from the start of all to the end of the last
 * @param bytes that were read
 * @param latencies of single reads, nanoseconds, to three digits
 */
public record ReadResult(long nanos, long bytes, Histogram latencies) {
  /** Bytes per second of all readers together. */
  public double bandwidth() {
    return bytes * 1e9 / nanos;
  }

  public long reads() {
    return latencies.getTotalCount();
  }

  /** Reads per second of all readers together. */
  public double readRate() {
    return reads() * 1e9 / nanos;
  }

  /** How long a read took at most, of that many percent, nanoseconds. */
  public long percentile(double percent) {
    return latencies.getValueAtPercentile(percent);
  }
}
