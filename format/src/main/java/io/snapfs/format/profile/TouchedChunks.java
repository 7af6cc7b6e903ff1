package io.snapfs.format.profile;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which chunks of an artifact were touched: a bit each. Safe for use by many threads, without
 * locks; allocates nothing after it was made.
 */
public final class TouchedChunks {
  private final AtomicLongArray bits;

  /**
   * @param chunks how many the artifact has
   */
  public TouchedChunks(int chunks) {
    bits = new AtomicLongArray((chunks + Long.SIZE - 1) / Long.SIZE);
  }

  /** Adds a chunk. True for exactly one of all who add the same. */
  public boolean add(int chunk) {
    int word = chunk / Long.SIZE;
    long bit = 1L << chunk;
    while (true) {
      long seen = bits.get(word);
      if ((seen & bit) != 0) {
        return false;
      }
      if (bits.compareAndSet(word, seen, seen | bit)) {
        return true;
      }
    }
  }

  public boolean contains(int chunk) {
    return (bits.get(chunk / Long.SIZE) & 1L << chunk) != 0;
  }
}
