package io.snapfs.format.read;

/**
 * What a {@link ChunkCache} has done and holds. Counts are since it was made; bytes are of memory
 * outside the heap.
 *
 * @param hits chunks found decoded
 * @param demandDecodes chunks that readers decoded on their own threads
 * @param aheadDecodes chunks that were decoded ahead of their readers
 * @param failures chunks that could not be loaded
 * @param evictions chunks that left the cache
 * @param memoryWaits how often a reader had to wait for memory
 * @param bounces reads that had to be copied because memory was short
 * @param liveBytes memory of chunks that are kept, used, or being decoded
 * @param aheadBytes memory ordered by read-ahead and not read yet
 * @param peakBytes the most memory that was ever backed for chunks at one time
 * @param boundBytes what {@code peakBytes} can never exceed
 */
public record CacheStats(
    long hits,
    long demandDecodes,
    long aheadDecodes,
    long failures,
    long evictions,
    long memoryWaits,
    long bounces,
    long liveBytes,
    long aheadBytes,
    long peakBytes,
    long boundBytes) {
  /** Chunks decoded, for whatever reason. */
  public long decodes() {
    return demandDecodes + aheadDecodes;
  }
}
