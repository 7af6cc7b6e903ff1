package io.snapfs.restore.pages;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Recognises who reads on and on, by the faults. A fault costs as much as the copying of a chunk,
 * most of it for letting threads wait and go on; so a process that reads on has some memory more
 * filled before its fault is answered. Thread-confined.
 */
final class Readers {
  /** So many are remembered, the latest first. */
  private static final int MOST = 8;

  /** So many segments are filled for a fault at most: it is to be answered soon, too. */
  private static final int MOST_AT_ONCE = 3;

  /** A fault is of a reader if it is no further than this behind the one before it, in bytes. */
  private static final long REACH = 32L << 20;

  private static final class Reader {
    long reached;
    int atOnce;
  }

  private final ArrayDeque<Reader> readers = new ArrayDeque<>();

  /**
   * A fault has come.
   *
   * @param start where the segment begins
   * @param end the byte behind its last
   * @return how many segments behind it should be filled before it is answered
   */
  int fault(long start, long end) {
    Reader reader = take(start);
    if (reader == null) {
      reader = readers.size() < MOST ? new Reader() : readers.removeLast();
      reader.atOnce = 1;
    } else {
      reader.atOnce = Math.min(MOST_AT_ONCE, reader.atOnce + 1);
    }
    reader.reached = end;
    readers.addFirst(reader);
    return reader.atOnce - 1;
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
