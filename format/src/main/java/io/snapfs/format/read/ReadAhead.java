package io.snapfs.format.read;

import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import java.io.IOException;

/**
 * Watches the reads of one open file, finds out which are sequential, and orders chunks ahead of
 * them. Several threads may read forward at different places at once. The window begins small and
 * doubles up to some MiB; how much of it can be ordered depends on the memory that the cache sets
 * aside for read-ahead, so it never takes what a reader needs.
 *
 * <p>Its monitor guards everything; under it the cache's own locks are taken. Allocates nothing
 * while all chunks are cached.
 */
final class ReadAhead {
  private static final int STREAMS = 4;
  private static final int LEAST_RUN = 128 << 10;
  private static final int MOST_RUN = 1 << 20;

  /** Parts of a window that become runs of their own, for several threads to work on. */
  private static final int RUNS = 4;

  /** While a hole is read there is time to decode this share of its length, behind it. */
  private static final int HOLE_SHARE = 8;

  /** Most bytes behind one hole that are ordered beyond the window. */
  private static final long MOST_BEHIND_HOLE = 32 << 20;

  /** Extents looked at per order: keeps a manifest of one-byte chunks from stopping a read. */
  private static final int MOST_EXTENTS = 4096;

  private final Manifest manifest;
  private final Node node;
  private final ChunkLoader loader;
  private final RunPlanner planner;
  private final Replay replay;
  private final SequentialStream[] streams = new SequentialStream[STREAMS];
  private SequentialStream current;
  private long clock;
  private boolean cancelled;

  /**
   * @param replay of the artifact, or null: while it knows what comes, nothing is guessed here
   */
  ReadAhead(Manifest manifest, Node node, ChunkLoader loader, RunPlanner planner, Replay replay) {
    this.manifest = manifest;
    this.node = node;
    this.loader = loader;
    this.planner = planner;
    this.replay = replay;
    for (int i = 0; i < STREAMS; i++) {
      streams[i] = new SequentialStream();
    }
    current = streams[0];
  }

  /**
   * A read begins: orders what will be read after it, if it looks sequential.
   *
   * @return whether it goes on exactly where another one ended
   */
  synchronized boolean advance(long offset, int length) {
    if (cancelled) {
      return false;
    }
    current = streamAt(offset);
    boolean continues = current.continuesAt(offset);
    long end = offset + length;
    if (!current.isNear(offset)) {
      cancel(current);
      current.restart(offset);
    }
    if (current.advance(end, ++clock) && (replay == null || !replay.leads())) {
      int window = current.widen();
      planner.beginAhead(Math.min(MOST_RUN, Math.max(LEAST_RUN, window / RUNS)));
      current.orderedTo(orderAhead(current, window + current.frontier() - current.ahead()));
    }
    return continues;
  }

  /**
   * A read that goes on to {@code to} found that the chunk that begins at {@code from} was missing.
   *
   * @param shared whether a processor is idle that could do half of it
   * @return what the reader has to begin with itself; null if there is nothing
   */
  synchronized ChunkRun fetch(long from, long to, boolean shared) {
    if (cancelled) {
      return null;
    }
    planner.beginUrgent(shared ? Math.max(LEAST_RUN, (int) ((to - from) / 2)) : MOST_RUN);
    order(current, from, to);
    return planner.takeKept();
  }

  /** The file is closed: nothing is ordered any more, and what was ordered isn't waited for. */
  synchronized void cancel() {
    cancelled = true;
    for (SequentialStream stream : streams) {
      cancel(stream);
    }
  }

  private void cancel(SequentialStream stream) {
    for (Fill fill = stream.orders().poll(); fill != null; fill = stream.orders().poll()) {
      loader.abandon(fill);
    }
  }

  /** The stream that is nearest to an offset, else the one that wasn't used for longest. */
  private SequentialStream streamAt(long offset) {
    SequentialStream nearest = streams[0];
    SequentialStream oldest = streams[0];
    for (SequentialStream stream : streams) {
      if (stream.distance(offset) < nearest.distance(offset)) {
        nearest = stream;
      }
      if (stream.lastUse() < oldest.lastUse()) {
        oldest = stream;
      }
    }
    return nearest.isNear(offset) ? nearest : oldest;
  }

  /**
   * Orders the chunks that follow what was ordered; returns where it stopped. Holes don't count as
   * bytes: while they are read the processors have little else to do, so that there is even time
   * for more.
   */
  private long orderAhead(SequentialStream stream, long bytes) {
    long at = stream.ahead();
    long left = bytes;
    try {
      long extent = at < node.size() ? manifest.findExtent(node, at) : 0;
      for (int i = 0; i < MOST_EXTENTS && left > 0 && at < node.size(); i++, extent++) {
        long end = manifest.extentEnd(node, extent);
        if (manifest.extentChunk(extent) < 0) {
          left += Math.min((end - at) / HOLE_SHARE, MOST_BEHIND_HOLE);
        } else if (addIfFrom(at, extent, stream)) {
          left -= end - at;
        } else {
          break;
        }
        at = end;
      }
    } catch (IOException e) {
      return Long.MAX_VALUE; // whoever reads there meets it again and reports it
    } finally {
      planner.end();
    }
    return at;
  }

  /** Orders the chunks that begin in a range. */
  private void order(SequentialStream stream, long from, long to) {
    try {
      long extent = manifest.findExtent(node, from);
      for (long at = from; at < to; at = manifest.extentEnd(node, extent++)) {
        if (manifest.extentChunk(extent) >= 0 && !addIfFrom(from, extent, stream)) {
          break;
        }
      }
    } catch (IOException e) {
      return; // the reader meets it again and reports it
    } finally {
      planner.end();
    }
  }

  /** Orders an extent's chunk if it begins at an offset or after it; false if there is no room. */
  private boolean addIfFrom(long from, long extent, SequentialStream stream) throws IOException {
    return manifest.extentStart(extent) < from
        || planner.add(manifest.extentChunk(extent), stream.orders());
  }
}
