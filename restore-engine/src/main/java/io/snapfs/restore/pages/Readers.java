package io.snapfs.restore.pages;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;

/**
 * Recognises who reads on and on, by the faults. A fault costs as much as the copying of a chunk,
 * most of it for letting threads wait and go on; so a process that reads on has some memory more
 * filled before its fault is answered. Thread-confined.
 */
final class Readers {
  /** So many are remembered, the latest first. */
  private static final int MOST = 8;

  /** So many segments are filled for a fault at most: it is to be answered soon, too. */
  private static final int MOST_AT_ONCE = 4;

  /** A fault is of a reader if it is no further than this behind the one before it, in bytes. */
  private static final long REACH = 4L << 20;

  /** What is remembered of one. */
  static final class Reader {
    private long reached;
    private long orderAgain;
    private int atOnce = 1;

    /** How many segments behind a fault should be filled before it is answered. */
    int more() {
      return atOnce - 1;
    }

    /** Whether it has come so far that more should be ordered for it. */
    boolean wantsOrder() {
      return reached >= orderAgain;
    }

    /** Something was ordered for it, of which it is to reach half before more is. */
    void ordered(List<Segment> segments) {
      orderAgain = segments.isEmpty() ? reached : segments.get(segments.size() / 2).end();
    }
  }

  private final ArrayDeque<Reader> readers = new ArrayDeque<>();

  /**
   * A fault has come.
   *
   * @param start where the segment begins
   * @param end the byte behind its last
   * @return whose it is
   */
  Reader fault(long start, long end) {
    Reader reader = take(start);
    if (reader == null) {
      if (readers.size() == MOST) {
        readers.removeLast();
      }
      reader = new Reader();
    } else {
      reader.atOnce = Math.min(MOST_AT_ONCE, reader.atOnce + 1);
    }
    reader.reached = end;
    readers.addFirst(reader);
    return reader;
  }

  private Reader take(long start) {
    for (Iterator<Reader> all = readers.iterator(); all.hasNext(); ) {
      Reader reader = all.next();
      if (start >= reader.reached && start - reader.reached < REACH) {
        all.remove();
        return reader;
      }
    }
    return null;
  }
}
