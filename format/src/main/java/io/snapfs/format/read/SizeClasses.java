package io.snapfs.format.read;

import io.snapfs.format.Limits;

/**
 * The lengths that slots of cache memory come in: 1 to 8 pages, then four steps to each doubling
 * (10, 12, 14, 16, 20 pages...) up to the longest chunk. A slot is therefore less than a fifth
 * unused, the rest of the last page aside.
 */
final class SizeClasses {
  private static final int EXACT = 8;
  private static final int STEPS = 4;
  private static final int LOG_STEPS = 2;

  /** Number of classes. */
  static final int COUNT = of(Limits.MAX_CHUNK) + 1;

  private SizeClasses() {}

  /**
   * The smallest class that holds so many bytes.
   *
   * @param bytes 1 to {@link Limits#MAX_CHUNK}
   */
  static int of(int bytes) {
    if (bytes <= 0 || bytes > Limits.MAX_CHUNK) {
      throw new IllegalArgumentException(
          "a slot has 1 to " + Limits.MAX_CHUNK + " bytes, not " + bytes);
    }
    int last = (bytes - 1) / Limits.PAGE; // index of the last page
    if (last < EXACT) {
      return last;
    }
    int shift = log2(last) - LOG_STEPS;
    return EXACT + (shift - 1) * STEPS + (last >> shift) - STEPS;
  }

  /** Bytes of a slot of a class, a multiple of the page size. */
  static int bytes(int sizeClass) {
    if (sizeClass < EXACT) {
      return (sizeClass + 1) * Limits.PAGE;
    }
    int shift = (sizeClass - EXACT) / STEPS + 1;
    int step = (sizeClass - EXACT) % STEPS + STEPS;
    return ((step + 1) << shift) * Limits.PAGE;
  }

  /** Bytes of the slot that so many bytes get. */
  static int rounded(int bytes) {
    return bytes(of(bytes));
  }

  private static int log2(int value) {
    return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(value);
  }
}
