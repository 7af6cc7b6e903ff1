package io.snapfs.format.read;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Recognises places of packs where threads together read on and on, each of them a chunk here and
 * there, and says what to ask the store for before they come to it. The kernel does that for a file
 * that one thread reads from its start to its end; several make it take their reads for random
 * ones. Safe for use by many threads; its monitor guards everything.
 */
final class PackStreams {
  /** So many places are remembered, the latest first. */
  private static final int MOST = 8;

  /** Bytes to ask for at a time. */
  static final int STEP = 1 << 20;

  /** A stream is asked for so far ahead of where it is read. */
  static final int AHEAD = 4 << 20;

  private static final class Stream {
    int pack;
    long asked;
  }

  private final ArrayDeque<Stream> streams = new ArrayDeque<>();

  /**
   * Something is going to be read.
   *
   * @param offset in the pack, in bytes
   * @return where {@link #STEP} bytes should be asked for; -1 if nowhere
   */
  synchronized long reads(int pack, long offset, int length) {
    long end = offset + length;
    Stream stream = take(pack, offset);
    if (stream == null) {
      stream = streams.size() < MOST ? new Stream() : streams.removeLast();
      stream.pack = pack;
      stream.asked = end;
      streams.addFirst(stream);
      return -1;
    }
    streams.addFirst(stream);
    if (stream.asked - end >= AHEAD) {
      return -1;
    }
    long from = Math.max(stream.asked, end);
    stream.asked = from + STEP;
    return from;
  }

  /** Takes out the stream that a read belongs to; null if it belongs to none. */
  private Stream take(int pack, long offset) {
    for (Iterator<Stream> all = streams.iterator(); all.hasNext(); ) {
      Stream stream = all.next();
      long beyond = offset - stream.asked;
      if (stream.pack == pack && beyond > -2 * AHEAD && beyond <= STEP) {
        all.remove();
        return stream;
      }
    }
    return null;
  }
}
