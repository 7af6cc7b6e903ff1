package io.snapfs.format.read;

import java.util.BitSet;

/**
 * Remembers which extents of a file were handed out around short reads, so that none is decoded for
 * that twice. One bit for each. Safe for use by many threads.
 */
final class HandedOut {
  private final BitSet extents = new BitSet();

  /** Takes an extent for handing it out; false if it was taken before. */
  synchronized boolean take(int extent) {
    boolean taken = extents.get(extent);
    extents.set(extent);
    return !taken;
  }
}
