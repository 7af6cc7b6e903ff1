package io.snapfs.format.read;

import java.util.ArrayDeque;

/**
 * One place in a file at which somebody reads forward, and what was ordered ahead of it. Guarded by
 * the {@link ReadAhead} that it is part of.
 */
final class SequentialStream {
  /** Reads arrive out of order by up to this many bytes: the kernel sends several at a time. */
  private static final long NEAR = 2 << 20;

  /** Orders from which on also those are looked for that ended out of turn. */
  private static final int MANY_ORDERS = 1024;

  private static final int FIRST_WINDOW = 256 << 10;
  private static final int MOST_WINDOW = 16 << 20;

  private final ArrayDeque<Fill> orders = new ArrayDeque<>();
  private long frontier; // end of what was read
  private long ahead;
  private int window;
  private boolean used;
  private boolean sequential;
  private long lastUse;

  /** Bytes between an offset and where the next read is expected; endless if it was never used. */
  long distance(long offset) {
    return used ? Math.abs(offset - frontier) : Long.MAX_VALUE;
  }

  boolean isNear(long offset) {
    return distance(offset) <= NEAR;
  }

  /** When it was last used, as counted by its owner. */
  long lastUse() {
    return lastUse;
  }

  /** Begins at another place. What is read from the start of a file is taken for sequential. */
  void restart(long offset) {
    used = true;
    frontier = offset;
    ahead = offset;
    window = 0;
    sequential = offset == 0;
  }

  /** Whether a read at this offset goes on exactly where the last one ended. */
  boolean continuesAt(long offset) {
    return used && offset == frontier;
  }

  /**
   * Somebody reads.
   *
   * @return whether to order more now: half of what was ordered has been read
   */
  boolean advance(long end, long now) {
    lastUse = now;
    boolean wanted = sequential && ahead - end <= window / 2;
    sequential = true;
    frontier = Math.max(frontier, end);
    ahead = Math.max(ahead, frontier);
    return wanted;
  }

  /** Makes the window larger and returns it, in bytes. */
  int widen() {
    window = Math.min(MOST_WINDOW, Math.max(FIRST_WINDOW, 2 * window));
    return window;
  }

  /** Where in the file ordering goes on. */
  long ahead() {
    return ahead;
  }

  long frontier() {
    return frontier;
  }

  /** Everything before this offset has been ordered. */
  void orderedTo(long offset) {
    ahead = Math.max(ahead, offset);
  }

  /** What was ordered and, as far as it is known, not read yet. */
  ArrayDeque<Fill> orders() {
    if (orders.size() > MANY_ORDERS) {
      orders.removeIf(Fill::isDone);
    }
    while (!orders.isEmpty() && orders.peek().isDone()) {
      orders.poll();
    }
    return orders;
  }
}
