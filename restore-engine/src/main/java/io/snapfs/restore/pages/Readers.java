package io.snapfs.restore.pages;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Recognises who reads on and on, by the faults. A fault costs as much as the copying of a chunk,
 * most of it for letting threads wait and go on; so a process that reads on has some memory more
 * filled before its fault is answered.
 *
 * <p>A reader that comes to the end of something goes on below where it began: the kernel places
 * what a process maps below what it has mapped before (mmap(2) searches downwards), and a model's
 * layers are read in the order in which they were made. So it is followed there, and expected to
 * jump by as much again: layers are of one size, mostly. Thread-confined.
 */
final class Readers {
  /** So many are remembered, the latest first. */
  private static final int MOST = 8;

  /** So many segments are filled for a fault at most: it is to be answered soon, too. */
  private static final int MOST_AT_ONCE = 4;

  /**
   * So many while several restores share the processors: there it is their sum that keeps each of
   * them waiting, and letting threads wait and go on adds to it.
   */
  private static final int MOST_TOGETHER = 16;

  /** A fault is of a reader if it is no further than this behind the one before it, in bytes. */
  private static final long REACH = 4L << 20;

  /** Or if it is no further than this below where the reader began. */
  private static final long MOST_STRIDE = 64L << 20;

  /** So many jumps are foreseen. */
  private static final int MOST_JUMPS = 16;

  /** What is remembered of one. */
  static final class Reader {
    private final long start;
    private final long stride; // how far below the place before it it began; 0 if it didn't
    private long reached;
    private long orderAgain;
    private int atOnce;

    private Reader(long start, long stride, int atOnce) {
      this.start = start;
      this.stride = stride;
      this.atOnce = atOnce;
    }

    /**
     * How many segments behind a fault should be filled before it is answered.
     *
     * @param restores that go on at the moment
     */
    int more(int restores) {
      return (restores > 1 ? atOnce : Math.min(atOnce, MOST_AT_ONCE)) - 1;
    }

    /** Whether it has come so far that more should be ordered for it. */
    boolean wantsOrder() {
      return reached >= orderAgain;
    }

    /**
     * What it is expected to come to next, as far as it is pending.
     *
     * @param address of the segment that it has come to
     * @param most so many segments are looked at, or some more
     */
    List<Segment> expected(SegmentMap segments, long address, int most) {
      if (stride == 0 || reached > start + stride) {
        return segments.pendingBehind(address, most);
      }
      List<Segment> found = new ArrayList<>(segments.pendingIn(address + 1, start + stride));
      for (int jump = 1; jump <= MOST_JUMPS && found.size() < most; jump++) {
        long below = start - jump * stride;
        found.addAll(segments.pendingIn(below, below + stride));
      }
      return found;
    }

    /** That was ordered for it, of which it is to reach half before more is. */
    void ordered(List<Segment> segments) {
      if (segments.isEmpty()) {
        orderAgain = reached;
      } else if (stride > 0 && reached < start + stride) {
        orderAgain = start + stride; // it is going to be seen below before that
      } else {
        orderAgain = segments.get(segments.size() / 2).end();
      }
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
    if (reader != null) {
      reader.atOnce = Math.min(MOST_TOGETHER, reader.atOnce + 1);
    } else {
      reader = jumped(start);
    }
    reader.reached = end;
    readers.addFirst(reader);
    return reader;
  }

  /** Who reads on here. */
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

  /** Who has come here from above, or a new one. */
  private Reader jumped(long start) {
    for (Iterator<Reader> all = readers.iterator(); all.hasNext(); ) {
      Reader reader = all.next();
      long below = reader.start - start;
      if (reader.atOnce > 1 && below > 0 && below <= MOST_STRIDE) {
        all.remove();
        return new Reader(start, below, reader.atOnce);
      }
    }
    if (readers.size() == MOST) {
      readers.removeLast();
    }
    return new Reader(start, 0, 1);
  }
}
