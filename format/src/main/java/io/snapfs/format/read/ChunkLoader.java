package io.snapfs.format.read;

import io.snapfs.format.codec.ChunkDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Finds chunks in the cache or brings them there, each by exactly one thread at a time. Readers
 * decode on their own threads, which costs them no hand-over; what read-ahead has decoded or is
 * decoding they take from it. Failures are not remembered: the next reader tries again.
 *
 * <p>Safe for use by many threads. Holds no lock of its own.
 */
final class ChunkLoader {
  /** After this long, what was decoded ahead of a reader who doesn't come makes room for others. */
  private static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final ThreadLocal<ChunkKey> PROBE = ThreadLocal.withInitial(ChunkKey::new);

  private final SlabMemory memory;
  private final long demandReserve;
  private final ResidentChunks resident;
  private final Fills fills;
  private final DecodeContexts contexts;
  private final Processors processors;

  private final LongAdder hits = new LongAdder();
  private final LongAdder demandDecodes = new LongAdder();
  private final LongAdder aheadDecodes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile long lastReclaim = System.nanoTime();

  /**
   * @param capacity bytes of chunks to keep
   * @param aheadBudget further bytes for chunks ordered ahead
   * @param demandReserve further bytes that read-ahead leaves to readers
   * @param readers how many readers may decode at a time
   * @param processors which readers occupy, but not while they wait
   */
  ChunkLoader(
      long capacity, long aheadBudget, long demandReserve, int readers, Processors processors) {
    this.memory = new SlabMemory(capacity + aheadBudget + demandReserve);
    this.demandReserve = demandReserve;
    this.resident = new ResidentChunks(capacity);
    this.fills = new Fills(aheadBudget);
    this.contexts = new DecodeContexts(readers);
    this.processors = processors;
  }

  /** Makes what the first reader would have to wait for. Idempotent. */
  void prepare() {
    resident.chunks();
  }

  /** A chunk if it is decoded already, of which the caller is now a user; else null. */
  CachedChunk get(ChunkSource source, int chunk) throws IOException {
    ChunkKey probe = PROBE.get();
    source.key(chunk, probe);
    CachedChunk cached = resident.get(probe);
    if (cached != null) {
      hits.increment();
    }
    return cached;
  }

  /**
   * A chunk that was decoded ahead of readers who read it once, one after the other: it goes from
   * one to the next without ever being entered into the cache.
   *
   * @param end in the chunk, of what the caller reads: with its last byte the chunk is forgotten
   * @return the chunk, of which the caller is now a user; null if it is not waiting for its readers
   */
  CachedChunk pass(ChunkSource source, int chunk, long end) throws IOException {
    ChunkKey probe = PROBE.get();
    source.key(chunk, probe);
    Fill fill = fills.get(probe);
    CachedChunk lent = fill == null ? null : fill.lend();
    if (lent == null) {
      return null;
    }
    hits.increment();
    if (end == lent.plainLength() && fill.takeIfLanded()) {
      fills.remove(fill);
      fill.finish(lent); // who has come meanwhile waits for it
      lent.release(); // the use that was the fill's
    }
    return lent;
  }

  /**
   * A chunk, of which the caller is now a user.
   *
   * @param patient whether to wait for memory if there is none; then the caller must not use any
   *     other chunk
   * @return null if it would have to wait for memory and isn't patient
   */
  CachedChunk acquire(ChunkSource source, int chunk, boolean patient) throws IOException {
    while (true) {
      CachedChunk cached = get(source, chunk);
      if (cached != null) {
        return cached;
      }
      ChunkKey probe = PROBE.get();
      Fill fill = fills.get(probe);
      if (fill == null) {
        Fill mine = Fill.claimed(probe.copy());
        fill = fills.putIfAbsent(mine);
        if (fill == null) {
          return begin(mine, source, chunk, patient);
        }
      }
      if (runHere(fill.waitingRun())) {
        continue;
      }
      switch (fill.join(patient)) {
        case LOAD -> {
          return load(fill, source, chunk, patient);
        }
        case TAKE -> {
          keepCounted(hits, fill, fill.chunk());
          return fill.chunk();
        }
        case WAIT -> cached = await(fill);
        case REFUSED -> {
          return null;
        }
        case GONE -> fills.remove(fill); // its owner is about to
      }
      if (cached != null) {
        return cached;
      }
    }
  }

  private CachedChunk await(Fill fill) throws IOException {
    processors.leave();
    try {
      return fill.await();
    } finally {
      processors.take();
    }
  }

  /**
   * Loads the chunks of a run that nobody has begun with on this thread: their reader is here
   * already.
   *
   * @param run may be null
   * @return false if there is none, or somebody else has begun with it
   */
  boolean runHere(ChunkRun run) throws IOException {
    if (run == null || !run.tryBegin()) {
      return false;
    }
    DecodeContext context = null;
    try {
      context = contexts.borrow();
      run.run(context);
      return true;
    } finally {
      if (context == null) {
        run.cancel();
      } else {
        contexts.giveBack(context);
      }
    }
  }

  /** Nobody is expected to want a chunk again that the caller uses: it is not kept. */
  void drop(CachedChunk chunk) {
    resident.drop(chunk);
  }

  /** Whether a chunk is decoded or on its way. */
  boolean isKnown(ChunkSource source, int chunk) throws IOException {
    ChunkKey probe = PROBE.get();
    source.key(chunk, probe);
    return resident.contains(probe) || fills.contains(probe);
  }

  /** Takes room for a chunk out of the read-ahead budget; false if there isn't enough. */
  boolean tryReserve(int bytes) {
    if (fills.tryReserve(bytes)) {
      return true;
    }
    reclaimForgotten();
    return fills.tryReserve(bytes);
  }

  /**
   * Enters a chunk as ordered ahead.
   *
   * @param reserved what was taken out of the budget for it; given back when it is read, or at once
   *     if the result is null
   * @return null if somebody else was faster
   */
  Fill order(ChunkSource source, int chunk, int reserved) throws IOException {
    ChunkKey key = new ChunkKey();
    source.key(chunk, key);
    Fill fill = Fill.queued(key, reserved);
    if (fills.putIfAbsent(fill) == null) {
      return fill;
    }
    fills.unreserve(reserved);
    return null;
  }

  /** Decodes a chunk that was ordered ahead, if nobody has begun to and there is memory. */
  void loadAhead(ChunkSource source, int chunk, Fill fill, ChunkDecoder decoder, ByteBuffer stored)
      throws IOException {
    if (!fill.isQueued()) {
      return;
    }
    int length = source.plainLength(chunk);
    Slot slot = memory.tryAllocate(length, demandReserve);
    if (slot == null) {
      return;
    }
    if (!fill.tryLoad()) {
      memory.free(slot);
      return;
    }
    CachedChunk loaded = null;
    try {
      source.decode(decoder, chunk, stored, slot.bytes().slice(0, length));
      loaded = new CachedChunk(fill.key(), memory, slot, length);
    } catch (IOException e) {
      failures.increment(); // a reader who needs the chunk meets the problem again and reports it
    } finally {
      if (loaded == null) {
        memory.free(slot);
        fills.remove(fill);
        fill.fail(null);
      }
    }
    if (loaded != null) {
      try {
        aheadDecodes.increment();
      } finally { // counting may run out of heap, and nobody else ends the fill
        if (!fill.land(loaded)) {
          keep(fill, loaded);
          loaded.release();
        }
      }
    }
  }

  /** Takes back an order if nobody has begun with it. */
  void cancelIfQueued(Fill fill) {
    if (fill.cancelIfQueued()) {
      fills.remove(fill);
    }
  }

  /** The reader of a chunk that was ordered ahead won't come: it is dropped, or kept as cached. */
  void abandon(Fill fill) {
    switch (fill.abandon()) {
      case LOAD -> fills.remove(fill);
      case TAKE -> {
        keep(fill, fill.chunk());
        fill.chunk().release();
      }
      default -> {}
    }
  }

  /** Frees everything. Nobody may use a chunk or load one. */
  void close() {
    fills.forEach(this::abandon);
    resident.clear();
    contexts.close();
    memory.close();
  }

  /** What happened so far; the caller adds what it knows. */
  CacheStats stats(long copies) {
    return new CacheStats(
        hits.sum(),
        demandDecodes.sum(),
        aheadDecodes.sum(),
        failures.sum(),
        resident.evictions(),
        memory.waits(),
        copies,
        memory.live(),
        fills.reserved(),
        memory.peakBacked(),
        memory.bound());
  }

  /** Loads a chunk, unless it came into the cache before our fill came into the table. */
  private CachedChunk begin(Fill fill, ChunkSource source, int chunk, boolean patient)
      throws IOException {
    CachedChunk cached = null;
    boolean looked = false;
    try {
      cached = resident.get(fill.key());
      looked = true;
    } finally {
      if (!looked) { // out of heap: who waits for the fill must try by himself
        fills.remove(fill);
        fill.fail(null);
      }
    }
    if (cached == null) {
      return load(fill, source, chunk, patient);
    }
    fills.remove(fill);
    fill.finish(cached);
    return cached;
  }

  private CachedChunk load(Fill fill, ChunkSource source, int chunk, boolean patient)
      throws IOException {
    CachedChunk loaded = null;
    Throwable failure = null;
    try {
      int length = source.plainLength(chunk);
      Slot slot =
          patient ? memory.allocate(length, resident::cleanUp) : memory.tryAllocate(length, 0);
      if (slot != null) {
        fill.loading();
        loaded = fetchAndDecode(fill.key(), source, chunk, slot);
      }
    } catch (IOException | RuntimeException | Error e) {
      failures.increment();
      failure = e;
      throw e;
    } finally {
      if (loaded == null) {
        fills.remove(fill); // first, so that who comes now tries again
        fill.fail(failure);
      }
    }
    if (loaded != null) {
      keepCounted(demandDecodes, fill, loaded);
    }
    return loaded;
  }

  private CachedChunk fetchAndDecode(ChunkKey key, ChunkSource source, int chunk, Slot slot)
      throws IOException {
    boolean decoded = false;
    DecodeContext context = null;
    try {
      context = contexts.borrow();
      ByteBuffer stored = context.stored(source.storedLength(chunk));
      source.readStored(source.pack(chunk), source.storedOffset(chunk), stored);
      int length = source.plainLength(chunk);
      source.decode(context.decoder(), chunk, stored.rewind(), slot.bytes().slice(0, length));
      CachedChunk result = new CachedChunk(key, memory, slot, length);
      decoded = true;
      return result;
    } finally {
      if (!decoded) {
        memory.free(slot);
      }
      if (context != null) {
        contexts.giveBack(context);
      }
    }
  }

  /** Counting may run out of heap, and nobody else ends the fill. */
  private void keepCounted(LongAdder counter, Fill fill, CachedChunk chunk) {
    try {
      counter.increment();
    } finally {
      keep(fill, chunk);
    }
  }

  /**
   * Puts a chunk that the caller uses where readers look first, and ends its fill. Only then is it
   * out of the table: a chunk that is neither there nor in the cache may be loaded.
   */
  private void keep(Fill fill, CachedChunk chunk) {
    chunk.retain(1); // the cache's use
    try {
      resident.put(chunk);
    } finally {
      fills.remove(fill);
      fill.finish(chunk);
    }
    if (memory.hasWaiters()) {
      resident.cleanUp();
    }
  }

  private void reclaimForgotten() {
    long now = System.nanoTime();
    if (now - lastReclaim > FORGOTTEN_NANOS) {
      lastReclaim = now;
      fills.forEach(
          fill -> {
            if (fill.landedBefore(now - FORGOTTEN_NANOS)) {
              abandon(fill);
            }
          });
    }
  }
}
