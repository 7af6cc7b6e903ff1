package io.snapfs.format.read;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.concurrent.atomic.LongAdder;

/**
 * The decoded chunks that are kept, least valuable out first: Caffeine, weighted by the memory that
 * they take. Holds one use of each. Safe for use by many threads; its lock is taken before that of
 * {@link SlabMemory}.
 */
final class ResidentChunks {
  private final long capacity;
  private volatile Cache<ChunkKey, CachedChunk> chunks;
  private final LongAdder evictions = new LongAdder();

  /**
   * @param capacity bytes of memory, exceeded only between an insertion and its maintenance
   */
  ResidentChunks(long capacity) {
    this.capacity = capacity;
  }

  /**
   * Caffeine's, made when it is first asked for: a mount answers 20 ms earlier without waiting for
   * its classes and what they generate.
   */
  Cache<ChunkKey, CachedChunk> chunks() {
    Cache<ChunkKey, CachedChunk> made = chunks;
    return made == null ? make() : made;
  }

  private synchronized Cache<ChunkKey, CachedChunk> make() {
    if (chunks == null) {
      chunks =
          Caffeine.newBuilder()
              .maximumWeight(capacity)
              .weigher((ChunkKey key, CachedChunk chunk) -> chunk.weight())
              .removalListener(
                  (ChunkKey key, CachedChunk chunk, RemovalCause cause) -> removed(chunk))
              .executor(Runnable::run) // evict where one inserts, so that nobody outruns it
              .build();
    }
    return chunks;
  }

  /** A chunk, of which the caller is now a user; null if it isn't here. Allocates nothing. */
  CachedChunk get(ChunkKey key) {
    while (true) {
      CachedChunk chunk = chunks().getIfPresent(key);
      if (chunk == null || chunk.tryRetain()) {
        return chunk;
      }
    }
  }

  /** Whether a chunk is here, without counting as a use of it. */
  boolean contains(ChunkKey key) {
    return chunks().asMap().containsKey(key);
  }

  /** Keeps a chunk; one use of it, which was the caller's, is the cache's now. */
  void put(CachedChunk chunk) {
    chunks().put(chunk.key(), chunk);
  }

  /** Lets go of a chunk that the caller uses, if it is here. */
  void drop(CachedChunk chunk) {
    chunks().asMap().remove(chunk.key(), chunk);
  }

  /** Evicts until the capacity is kept. */
  void cleanUp() {
    chunks().cleanUp();
  }

  /** Lets go of all chunks. */
  void clear() {
    Cache<ChunkKey, CachedChunk> made = chunks;
    if (made != null) {
      made.invalidateAll();
      made.cleanUp();
    }
  }

  long evictions() {
    return evictions.sum();
  }

  private void removed(CachedChunk chunk) {
    evictions.increment();
    chunk.release();
  }
}
