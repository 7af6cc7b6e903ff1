package io.snapfs.format.store;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.manifest.Manifest;
import java.io.IOException;
import java.util.Arrays;

/** The chunks of a manifest, sorted by pack and offset; 8 bytes each. Immutable. */
final class ChunksByPack {
  private static final int CHUNK_BITS = 31;

  private final Manifest manifest;

  /** Where each pack's chunks begin in {@link #keys}; one more at the end. */
  private final int[] starts;

  /** Offset and number of a chunk; an offset has 32 bits (FORMAT.md section 6). */
  private final long[] keys;

  ChunksByPack(Manifest manifest) throws IOException {
    this.manifest = manifest;
    starts = new int[manifest.packCount() + 1];
    keys = new long[manifest.chunkCount()];
    for (int chunk = 0; chunk < keys.length; chunk++) {
      starts[manifest.chunkPack(chunk) + 1]++;
    }
    for (int pack = 1; pack < starts.length; pack++) {
      starts[pack] += starts[pack - 1];
    }
    int[] next = starts.clone();
    for (int chunk = 0; chunk < keys.length; chunk++) {
      long key = manifest.chunkOffset(chunk) << CHUNK_BITS | chunk;
      keys[next[manifest.chunkPack(chunk)]++] = key;
    }
    for (int pack = 0; pack < starts.length - 1; pack++) {
      Arrays.sort(keys, starts[pack], starts[pack + 1]);
    }
  }

  StoredChunks of(int pack) {
    return new StoredChunks() {
      @Override
      public int count() {
        return starts[pack + 1] - starts[pack];
      }

      private int chunk(int i) {
        return (int) (keys[starts[pack] + i] & ((1L << CHUNK_BITS) - 1));
      }

      @Override
      public ChunkId id(int i) throws IOException {
        return manifest.chunkId(chunk(i));
      }

      @Override
      public ChunkLocation location(int i) throws IOException {
        return manifest.chunkLocation(chunk(i));
      }
    };
  }
}
