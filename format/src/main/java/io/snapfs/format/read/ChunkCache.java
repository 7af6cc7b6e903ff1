package io.snapfs.format.read;

import io.snapfs.format.PackId;
import io.snapfs.linux.LinuxException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns the decoded chunks of all artifacts of a process and the threads that decode ahead. Make one
 * and give it to every {@link ArtifactReader}; equal chunks of different artifacts are decoded and
 * held once.
 *
 * <p>However many readers there are, its chunks never take more memory outside the heap than {@link
 * CacheStats#boundBytes()}; who needs more waits. Stored bytes on their way come on top: about 1
 * MiB for each of {@code 3 x decodeThreads + 6} decoders (4 MiB where single chunks are so long),
 * and 4 MiB for copies.
 *
 * <p>Safe for use by many threads.
 */
public final class ChunkCache implements AutoCloseable {
  /** Memory for chunks that readers load, and that they still use after their eviction. */
  private static final long DEMAND_SLACK = 8 << 20;

  private static final long LEAST_AHEAD = 2 << 20;
  private static final long MOST_AHEAD = 64 << 20;
  private static final int AHEAD_SHARE = 8;

  /** Threads that may wait for the disk while others decode. */
  private static final int WAITING = 4;

  private final Processors processors;
  private final ChunkLoader loader;
  private final long replayBytes;
  private final DecodePool pool;
  private final CopyBuffer copies;
  private final ZeroRegion zeros;
  private final Lifetime lifetime = new Lifetime(this::free);
  private final ConcurrentHashMap<PackId, Integer> packNumbers = new ConcurrentHashMap<>();
  private final AtomicInteger nextPack = new AtomicInteger();

  /**
   * Makes an empty cache.
   *
   * @param capacityBytes of chunks to keep; an eighth of it (2 to 64 MiB), and 8 MiB, come on top
   *     for chunks on their way
   * @param decodeThreads threads that may decode at a time, usually one per processor
   */
  public ChunkCache(long capacityBytes, int decodeThreads) throws LinuxException {
    if (capacityBytes < 0 || decodeThreads < 1) {
      throw new IllegalArgumentException(
          "a cache of " + capacityBytes + " bytes with " + decodeThreads + " threads");
    }
    long ahead = Math.min(MOST_AHEAD, Math.max(LEAST_AHEAD, capacityBytes / AHEAD_SHARE));
    processors = new Processors(decodeThreads);
    int readers = 2 * decodeThreads + 2;
    loader = new ChunkLoader(capacityBytes, ahead, DEMAND_SLACK, readers, processors);
    replayBytes = ahead / 2;
    copies = new CopyBuffer();
    zeros = new ZeroRegion();
    pool = new DecodePool(decodeThreads + WAITING, processors);
  }

  /**
   * Makes what is otherwise made when something is first read, so that its reader need not wait for
   * it: some tens of milliseconds. Idempotent.
   */
  public void prepare() {
    loader.prepare();
  }

  /** What it has done so far and holds now. */
  public CacheStats stats() {
    return loader.stats(copies.uses());
  }

  /** A number that changes while anybody reads through this cache, and not otherwise. */
  public int activity() {
    return processors.takes();
  }

  /**
   * Lets no more artifact readers in and ends read-ahead. Files that are open can still be read;
   * the memory is freed when the last of them is closed. Idempotent.
   */
  @Override
  public void close() {
    pool.close();
    lifetime.close();
  }

  /** Lets an artifact reader in; false if the cache is closed. */
  boolean tryEnter() {
    return lifetime.tryEnter();
  }

  /** Lets an artifact reader go. */
  void leave() {
    lifetime.leave();
  }

  /**
   * A number for a pack, the same for the life of the cache, so that keys are short. They are never
   * forgotten: a pack costs about 100 bytes, and a pack is 256 MiB.
   */
  int packNumber(PackId pack) {
    return packNumbers.computeIfAbsent(pack, id -> nextPack.getAndIncrement());
  }

  ChunkLoader loader() {
    return loader;
  }

  /** How much of what is set aside for read-ahead a replayed profile may take. */
  long replayBytes() {
    return replayBytes;
  }

  DecodePool pool() {
    return pool;
  }

  Processors processors() {
    return processors;
  }

  ZeroRegion zeros() {
    return zeros;
  }

  CopyBuffer copies() {
    return copies;
  }

  private void free() {
    loader.close();
    zeros.close();
    copies.close();
  }
}
