package io.snapfs.format.store;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.pack.PackIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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

  /** Those that one manifest refers to. */
  static StoredChunks of(Manifest manifest, int pack) throws IOException {
    List<Integer> chunks = new ArrayList<>();
    for (int chunk = 0; chunk < manifest.chunkCount(); chunk++) {
      if (manifest.chunkPack(chunk) == pack) {
        chunks.add(chunk);
      }
    }
    long[] offsets = new long[manifest.chunkCount()];
    for (int chunk : chunks) {
      offsets[chunk] = manifest.chunkOffset(chunk);
    }
    chunks.sort(Comparator.comparingLong(chunk -> offsets[chunk]));
    return new StoredChunks() {
      @Override
      public int count() {
        return chunks.size();
      }

      @Override
      public ChunkId id(int i) throws IOException {
        return manifest.chunkId(chunks.get(i));
      }

      @Override
      public ChunkLocation location(int i) throws IOException {
        return manifest.chunkLocation(chunks.get(i));
      }
    };
  }
}
