package io.snapfs.format.read;

import java.io.IOException;
import java.util.Collection;

/**
 * Orders chunks ahead of their readers: leaves out those that are known, gathers neighbours into
 * runs, hands the runs to the decode pool. For one thread at a time.
 */
final class RunPlanner {
  private final ChunkLoader loader;
  private final DecodePool pool;
  private final ChunkSource source;
  private boolean urgent;
  private boolean keepsFirst;
  private ChunkRun kept;
  private int mostPlain;
  private ChunkRun run;
  private int runPlain;

  RunPlanner(ChunkLoader loader, DecodePool pool, ChunkSource source) {
    this.loader = loader;
    this.pool = pool;
    this.source = source;
  }

  /**
   * Begins an order for later.
   *
   * @param plainBytes after which a run is full, so that all threads get work
   */
  void beginAhead(int plainBytes) {
    urgent = false;
    keepsFirst = false;
    mostPlain = plainBytes;
  }

  /**
   * Begins an order of what a reader needs now. The first run is kept for the reader, who takes it
   * with {@link #takeKept}; the others go to the pool.
   *
   * @param plainBytes after which a run is full
   */
  void beginUrgent(int plainBytes) {
    urgent = true;
    keepsFirst = true;
    mostPlain = plainBytes;
  }

  /**
   * Orders a chunk unless it is there or on its way.
   *
   * @param orders gets what was ordered
   * @return false if there is no room for it now
   */
  boolean add(int chunk, Collection<Fill> orders) throws IOException {
    if (loader.isKnown(source, chunk)) {
      return true;
    }
    int plainLength = source.plainLength(chunk);
    int storedLength = source.storedLength(chunk);
    int pack = source.pack(chunk);
    long offset = source.storedOffset(chunk);
    int reserved = SizeClasses.rounded(plainLength);
    if (!loader.tryReserve(reserved)) {
      return false;
    }
    Fill fill = loader.order(source, chunk, reserved);
    if (fill == null) {
      return true;
    }
    if (run != null && (runPlain >= mostPlain || !run.accepts(pack, offset, storedLength))) {
      end();
    }
    if (run == null) {
      run = new ChunkRun(loader, source, pack);
    }
    run.add(fill, chunk, offset, storedLength);
    runPlain += plainLength;
    orders.add(fill);
    return true;
  }

  /** The run that is the reader's to begin with, once; null if there is none. */
  ChunkRun takeKept() {
    ChunkRun taken = kept;
    kept = null;
    return taken;
  }

  /** Hands over what has been gathered. */
  void end() {
    if (run != null) {
      run.complete();
    }
    if (run != null && keepsFirst) {
      keepsFirst = false;
      kept = run;
    } else if (run != null && !pool.submit(run, urgent) && run.tryBegin()) {
      run.cancel();
    }
    run = null;
    runPlain = 0;
  }
}
