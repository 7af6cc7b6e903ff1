package io.snapfs.format.read;

/**
 * The pieces of memory that make up a read, in order. Reused by its thread for the next read;
 * allocates nothing after the first.
 */
public final class Slices {
  /** Most pieces of a read: with a header they still fit the 1024 of a writev(2). */
  static final int MOST = 512;

  private final long[] addresses = new long[MOST];
  private final int[] lengths = new int[MOST];
  private final CachedChunk[] used = new CachedChunk[MOST];
  private int count;
  private int usedCount;

  Slices() {}

  /** Number of pieces, at least one. */
  public int count() {
    return count;
  }

  /** Where a piece begins in memory. */
  public long address(int piece) {
    return addresses[piece];
  }

  /** Bytes of a piece, at least one. */
  public int length(int piece) {
    return lengths[piece];
  }

  boolean isFull() {
    return count == MOST;
  }

  /** Whether no chunk is in use. */
  boolean usesNothing() {
    return usedCount == 0;
  }

  void add(long address, int length) {
    addresses[count] = address;
    lengths[count] = length;
    count++;
  }

  /** Takes over the caller's use of a chunk, until {@link #clear}. */
  void use(CachedChunk chunk) {
    used[usedCount++] = chunk;
  }

  /** Ends the use of all chunks and forgets all pieces. */
  void clear() {
    for (int i = 0; i < usedCount; i++) {
      used[i].release();
      used[i] = null;
    }
    usedCount = 0;
    count = 0;
  }
}
