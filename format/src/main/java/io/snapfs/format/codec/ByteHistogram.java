package io.snapfs.format.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Counts byte values and says how many bits an entropy coder without context needs for each
 * (Shannon's entropy of order 0). Made for samples of up to {@link #MAX_COUNT} bytes.
 */
final class ByteHistogram {
  /** The most bytes that may be counted between two resets. */
  static final int MAX_COUNT = 1 << 14;

  private static final int VALUES = 256;

  /** n log2 n for every count that can occur. */
  private static final double[] N_LOG_N = new double[MAX_COUNT + 1];

  static {
    for (int n = 1; n <= MAX_COUNT; n++) {
      N_LOG_N[n] = n * Math.log(n) / Math.log(2);
    }
  }

  private final int[] counts = new int[VALUES];
  private int total;

  void reset() {
    Arrays.fill(counts, 0);
    total = 0;
  }

  /** Counts the bytes {@code [from, from + length)}. */
  void add(ByteBuffer bytes, int from, int length) {
    if (length > MAX_COUNT - total) {
      throw new IllegalArgumentException("sample of more than " + MAX_COUNT + " bytes");
    }
    int at = from;
    for (int end = from + (length & -Long.BYTES); at < end; at += Long.BYTES) {
      long word = bytes.getLong(at);
      for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
        counts[(int) (word >>> shift) & 0xff]++;
      }
    }
    for (; at < from + length; at++) {
      counts[bytes.get(at) & 0xff]++;
    }
    total += length;
  }

  void add(ByteHistogram other) {
    for (int i = 0; i < VALUES; i++) {
      counts[i] += other.counts[i];
    }
    total += other.total;
  }

  /** Bytes that an ideal coder makes of each byte counted, 0 to 1; 1 if there is none. */
  double ratio() {
    if (total == 0) {
      return 1;
    }
    double sum = 0;
    for (int count : counts) {
      sum += N_LOG_N[count];
    }
    return (N_LOG_N[total] - sum) / total / Byte.SIZE;
  }
}
