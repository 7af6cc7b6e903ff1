package io.snapfs.format.write;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.PackId;
import io.snapfs.format.pack.PackIndex;
import java.util.List;

/**
 * The indexes of packs that were found together, under one hash table. Immutable; safe for use by
 * many threads.
 */
final class IndexGeneration {
  private final List<PackIndex> packs;
  private final FingerprintTable table;

  /** Number of the first entry of each pack; entries are numbered through all packs. */
  private final int[] first;

  IndexGeneration(List<PackIndex> packs) {
    this.packs = List.copyOf(packs);
    this.first = new int[packs.size()];
    long total = packs.stream().mapToLong(PackIndex::count).sum();
    this.table = new FingerprintTable(Math.toIntExact(total));
    int entry = 0;
    for (int p = 0; p < first.length; p++) {
      first[p] = entry;
      PackIndex pack = packs.get(p);
      for (int i = 0; i < pack.count(); i++) {
        table.add(pack.fingerprint(i), entry++);
      }
    }
  }

  /** Number of the chunk's entry, or -1. */
  int find(ChunkId id) {
    return table.find(
        id.fingerprint(),
        entry -> {
          int p = packOf(entry);
          return packs.get(p).matches(entry - first[p], id);
        });
  }

  PackId pack(int entry) {
    return packs.get(packOf(entry)).packId();
  }

  ChunkLocation location(int entry) {
    int p = packOf(entry);
    return packs.get(p).location(entry - first[p]);
  }

  /** The last pack that begins at or before the entry; packs without entries are never it. */
  private int packOf(int entry) {
    int low = 0;
    int high = first.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (first[middle] <= entry) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
