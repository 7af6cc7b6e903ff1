package io.snapfs.format.store;

import io.snapfs.format.ChunkLocation;
import io.snapfs.format.PackId;
import java.util.Arrays;

/** Where the chunks of a pack went that is being rewritten. */
final class MovedPack {
  private static final int NOWHERE = -1;

  private final PackEntries entries;
  private final int[] packs;
  private final long[] offsets;

  MovedPack(PackEntries entries) {
    this.entries = entries;
    this.packs = new int[entries.count()];
    this.offsets = new long[entries.count()];
    Arrays.fill(packs, NOWHERE);
  }

  PackId id() {
    return entries.id();
  }

  PackEntries entries() {
    return entries;
  }

  /**
   * Notes where an entry went.
   *
   * @param pack number of the new pack
   */
  void move(int entry, int pack, long offset) {
    packs[entry] = pack;
    offsets[entry] = offset;
  }

  boolean hasMoved(int entry) {
    return packs[entry] != NOWHERE;
  }

  /** Number of the new pack that an entry is in. */
  int pack(int entry) {
    return packs[entry];
  }

  /** Location of an entry in its new pack; all but the offset stays. */
  ChunkLocation location(int entry, ChunkLocation old) {
    return new ChunkLocation(
        offsets[entry], old.storedLength(), old.plainLength(), old.crc32c(), old.codec());
  }
}
