package io.snapfs.format.read;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * All chunks that are on their way into the cache, and the budget of those that read-ahead ordered.
 * A fill leaves the table only after its chunk is in the cache, so a reader who finds a chunk in
 * neither may load it. Safe for use by many threads, without locks of its own.
 */
final class Fills {
  private final long budget;
  private final AtomicLong reserved = new AtomicLong();
  private final ConcurrentHashMap<ChunkKey, Fill> table = new ConcurrentHashMap<>();

  /**
   * @param budget bytes of memory that chunks may take between being ordered ahead and being read
   */
  Fills(long budget) {
    this.budget = budget;
  }

  Fill get(ChunkKey key) {
    return table.get(key);
  }

  boolean contains(ChunkKey key) {
    return table.containsKey(key);
  }

  /** Enters a fill; returns the one that was there, or null. */
  Fill putIfAbsent(Fill fill) {
    return table.putIfAbsent(fill.key(), fill);
  }

  /** Takes out a fill that is over, and its share of the budget. */
  void remove(Fill fill) {
    if (table.remove(fill.key(), fill)) {
      reserved.addAndGet(-fill.reserved());
    }
  }

  /** Takes a share of the budget, to be returned by {@link #remove} or {@link #unreserve}. */
  boolean tryReserve(int bytes) {
    if (reserved.addAndGet(bytes) <= budget) {
      return true;
    }
    reserved.addAndGet(-bytes);
    return false;
  }

  /** Returns a share for which no fill was entered. */
  void unreserve(int bytes) {
    reserved.addAndGet(-bytes);
  }

  /** Bytes of the budget that are taken. */
  long reserved() {
    return reserved.get();
  }

  void forEach(Consumer<Fill> action) {
    table.values().forEach(action);
  }
}
