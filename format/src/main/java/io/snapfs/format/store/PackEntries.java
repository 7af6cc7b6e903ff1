package io.snapfs.format.store;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.PackId;
import io.snapfs.format.pack.PackIndex;
import java.io.IOException;
import java.util.Arrays;

/**
 * The entries of one pack in the order of their offsets, at 24 bytes each: enough to find what a
 * manifest refers to, and to see that both say the same. Immutable but for the owners.
 */
final class PackEntries {
  /** Owner of an entry that nothing refers to. */
  static final int NOBODY = -1;

  /** Owner of an entry that more than one artifact refers to. */
  static final int SEVERAL = -2;

  private final PackId id;
  private final long[] offsets;
  private final int[] storedLengths;
  private final long[] seals;
  private final int[] owners;

  private PackEntries(PackId id, int count) {
    this.id = id;
    offsets = new long[count];
    storedLengths = new int[count];
    seals = new long[count];
    owners = new int[count];
    Arrays.fill(owners, NOBODY);
  }

  static PackEntries of(PackIndex index) throws IOException {
    PackEntries entries = new PackEntries(index.packId(), index.count());
    int[] order = byOffset(index);
    for (int i = 0; i < order.length; i++) {
      ChunkLocation location = index.location(order[i]);
      entries.offsets[i] = location.offset();
      entries.storedLengths[i] = location.storedLength();
      entries.seals[i] = seal(index.id(order[i]), location);
    }
    return entries;
  }

  /** Entries of an index in the order of their offsets. */
  static int[] byOffset(PackIndex index) throws IOException {
    // An offset has 32 bits and an entry 22 (FORMAT.md section 6), so both sort as one number.
    long[] keys = new long[index.count()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = index.location(i).offset() << 24 | i;
    }
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = (int) (keys[i] & 0xffffff);
    }
    return order;
  }

  /** 64 bits that differ, but for chance, if anything about two stored chunks does. */
  private static long seal(ChunkId id, ChunkLocation location) {
    long seal = id.fingerprint();
    seal = seal * 0x9e3779b97f4a7c15L + location.storedLength();
    seal = seal * 0x9e3779b97f4a7c15L + location.plainLength();
    seal = seal * 0x9e3779b97f4a7c15L + location.crc32c();
    return seal * 0x9e3779b97f4a7c15L + location.codec();
  }

  PackId id() {
    return id;
  }

  int count() {
    return offsets.length;
  }

  long offset(int entry) {
    return offsets[entry];
  }

  int storedLength(int entry) {
    return storedLengths[entry];
  }

  /** The entry at an offset, if it is the one that a manifest means; else negative. */
  int find(ChunkId chunk, ChunkLocation location) {
    int entry = Arrays.binarySearch(offsets, location.offset());
    return entry >= 0 && seals[entry] == seal(chunk, location) ? entry : -1;
  }

  /** Notes that an artifact, given as a number from 0, refers to an entry. */
  void addOwner(int entry, int artifact) {
    int owner = owners[entry];
    owners[entry] = owner == NOBODY || owner == artifact ? artifact : SEVERAL;
  }

  /**
   * The number of the only artifact that refers to an entry, {@link #NOBODY} or {@link #SEVERAL}.
   */
  int owner(int entry) {
    return owners[entry];
  }

  boolean isLive(int entry) {
    return owners[entry] != NOBODY;
  }

  /** Stored bytes of all entries. */
  long storedBytes() {
    return sum(false);
  }

  /** Stored bytes of the entries that something refers to. */
  long liveBytes() {
    return sum(true);
  }

  private long sum(boolean liveOnly) {
    long sum = 0;
    for (int i = 0; i < storedLengths.length; i++) {
      sum += !liveOnly || isLive(i) ? storedLengths[i] : 0;
    }
    return sum;
  }
}
