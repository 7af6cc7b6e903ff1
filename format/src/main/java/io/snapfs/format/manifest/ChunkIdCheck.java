package io.snapfs.format.manifest;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Checks that no chunk id occurs twice. Ids are hashed with secret random factors, so that no
 * manifest can be made to collide, and sorted by hash in several passes, each over a share of the
 * hash values that fits a buffer of 16 MiB.
 */
final class ChunkIdCheck {
  private static final int SHARE = 1 << 20;

  private final ChunkTable chunks;
  private final long[] factors = new SplittableRandom().longs(4).map(f -> f | 1).toArray();
  private final int passes;

  /** Upper half: hash; lower half: chunk. */
  private final long[] hashed;

  ChunkIdCheck(ChunkTable chunks) {
    this.chunks = chunks;
    this.passes = chunks.count() / SHARE + 1;
    // A share is random in size; one that is far beyond its mean can only come from repeated ids.
    this.hashed = new long[Math.min(chunks.count(), 2 * SHARE)];
  }

  void run() throws IOException {
    for (int pass = 0; pass < passes; pass++) {
      int count = collect(pass);
      Arrays.sort(hashed, 0, count);
      compareNeighbours(count);
    }
  }

  private int collect(int pass) throws IOException {
    int count = 0;
    for (int chunk = 0; chunk < chunks.count() && count < hashed.length; chunk++) {
      long hash = hash(chunk);
      if (Integer.remainderUnsigned((int) hash, passes) == pass) {
        hashed[count++] = (hash & ~0xffff_ffffL) | chunk;
      }
    }
    return count;
  }

  private long hash(int chunk) throws IOException {
    long hash = 0;
    for (int word = 0; word < factors.length; word++) {
      hash = (hash ^ chunks.idWord(chunk, word)) * factors[word];
      hash ^= hash >>> 32;
    }
    return hash;
  }

  /** Equal ids have equal hashes; different ids with equal hashes are rare, so runs are short. */
  private void compareNeighbours(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      for (int j = i + 1; j < count && hashed[i] >>> 32 == hashed[j] >>> 32; j++) {
        if (equal((int) hashed[i], (int) hashed[j])) {
          throw chunks.repeated((int) hashed[j], (int) hashed[i]);
        }
      }
    }
  }

  private boolean equal(int a, int b) throws IOException {
    for (int word = 0; word < factors.length; word++) {
      if (chunks.idWord(a, word) != chunks.idWord(b, word)) {
        return false;
      }
    }
    return true;
  }
}
