package io.snapfs.format.read;

import io.snapfs.format.profile.ChunkTouches;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.profile.TouchedChunks;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * Orders the chunks of an artifact ahead of its readers in the order of a profile, from the opening
 * of the first file until the last one is closed.
 *
 * <p>The <em>front</em> is the position in the profile behind the furthest one that readers have
 * reached; a window of chunks behind it is kept ordered and moves on as they touch chunks. Readers
 * needn't keep to the order: what they touched on the way is not ordered any more, and a touch
 * beyond the window moves the front only if several come in a row, since a single one may be of
 * somebody else. What was ordered and nobody takes costs a share of read-ahead's budget until the
 * cache needs it ({@code ChunkLoader}); this never has more than a part of it, so other readers are
 * still read ahead of. While readers keep to the profile, {@link ReadAhead} doesn't guess beside
 * it.
 *
 * <p>Safe for use by many threads. Its monitor guards what moves; under it the cache's own locks
 * are taken. A touch of a chunk that was touched before takes no lock and allocates nothing.
 */
final class Replay implements ChunkTouches {
  /** Chunks that are ordered beyond the front at most: the queue of the pool has room for more. */
  static final int WINDOW = 192;

  /** Chunks that are ordered at a time, so that not every touch has work to do. */
  private static final int STEP = 16;

  /** Touches beyond the window, and none in it meanwhile, after which the front follows them. */
  private static final int STRAYS = 8;

  /** Plain bytes of neighbours that become one job. */
  private static final int RUN = 256 << 10;

  private final Profile profile;
  private final int[] positions;
  private final TouchedChunks touched;
  private final ChunkLoader loader;
  private final RunPlanner planner;
  private final long mostBytes;

  private final ArrayDeque<Fill> orders = new ArrayDeque<>();
  private volatile boolean leads;
  private int openFiles;
  private int front;
  private int ordered;
  private int strays;

  /**
   * @param planner for this object alone
   * @param mostBytes of memory that chunks may take between being ordered and being read
   */
  Replay(Profile profile, ChunkLoader loader, RunPlanner planner, long mostBytes) {
    this.profile = profile;
    this.positions = profile.positions();
    this.touched = new TouchedChunks(profile.artifactChunks());
    this.loader = loader;
    this.planner = planner;
    this.mostBytes = mostBytes;
    this.leads = profile.size() > 0;
  }

  /** A file of the artifact is opened: with the first, ordering begins or goes on. */
  synchronized void fileOpened() {
    openFiles++;
    if (openFiles == 1) {
      order();
    }
  }

  /** A file is closed: with the last, nothing is ordered any more, and nothing waited for. */
  synchronized void fileClosed() {
    openFiles--;
    if (openFiles == 0) {
      for (Fill fill = orders.poll(); fill != null; fill = orders.poll()) {
        loader.abandon(fill);
      }
      ordered = front;
    }
  }

  @Override
  public void touched(int chunk) {
    int position = positions[chunk];
    if (position < 0) {
      if (leads) { // a write for every touch would cost all threads their copy of it
        leads = false;
      }
    } else if (touched.add(chunk)) {
      reached(position);
    }
  }

  /** Whether readers keep to the profile, as far as is known from the last chunk touched. */
  boolean leads() {
    return leads;
  }

  private synchronized void reached(int position) {
    if (position < ordered) {
      strays = 0;
      front = Math.max(front, position + 1);
    } else if (++strays == STRAYS) {
      strays = 0;
      front = position + 1;
      ordered = front;
    }
    leads = strays == 0 && front < profile.size();
    if (openFiles > 0 && front + WINDOW - ordered >= STEP) {
      order();
    }
  }

  /** Orders what the window has room for. */
  private void order() {
    orders.removeIf(Fill::isDone);
    long bytes = orders.stream().mapToLong(Fill::reserved).sum();
    int end = Math.min(profile.size(), front + WINDOW);
    planner.beginAhead(RUN);
    try {
      while (ordered < end && bytes < mostBytes) {
        int chunk = profile.chunk(ordered);
        if (!touched.contains(chunk)) {
          int before = orders.size();
          if (!planner.add(chunk, orders)) {
            break; // the next touch tries again
          }
          bytes += orders.size() > before ? orders.getLast().reserved() : 0;
        }
        ordered++;
      }
    } catch (IOException e) {
      ordered++; // whoever reads there meets it again and reports it
    } finally {
      planner.end();
    }
  }
}
