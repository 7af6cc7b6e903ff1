package io.snapfs.format.store;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.pack.PackIndex;
import java.io.IOException;

/** Chunks of one pack that are to be checked, in the order of their offsets. */
interface StoredChunks {
  int count();

  ChunkId id(int i) throws IOException;

  ChunkLocation location(int i) throws IOException;

  /** All that the pack's index lists. */
  static StoredChunks of(PackIndex index) throws IOException {
    int[] order = PackEntries.byOffset(index);
    return new StoredChunks() {
      @Override
      public int count() {
        return order.length;
      }

      @Override
      public ChunkId id(int i) {
        return index.id(order[i]);
      }

      @Override
      public ChunkLocation location(int i) {
        return index.location(order[i]);
      }
    };
  }
}
