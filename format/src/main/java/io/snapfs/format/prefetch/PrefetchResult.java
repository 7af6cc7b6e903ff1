package io.snapfs.format.prefetch;

/**
 * What a prefetch did.
 *
 * @param bytes that were read: manifest, stored chunks, and what lies between these
 * @param nanos how long that took
 */
public record PrefetchResult(long bytes, long nanos) {
  /** Billions of bytes a second; 0 if it took no time. */
  public double gigabytesPerSecond() {
    return nanos == 0 ? 0 : (double) bytes / nanos;
  }
}
