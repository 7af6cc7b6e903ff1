package io.snapfs.format.profile;

import io.snapfs.format.CorruptException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * An order of chunks as runs of consecutive ones, FORMAT.md 8.1: what is read forward takes a few
 * bytes, what isn't three or four a chunk. Reads them from a buffer of which nothing is believed;
 * for one use.
 */
final class ProfileRuns {
  /** Most bytes of a run: two numbers. */
  static final int MAX_RUN = 2 * ProfileRuns.MAX_NUMBER;

  private static final int MAX_NUMBER = 5;
  private static final int BITS = 7;
  private static final int MORE = 0x80;

  private final ByteBuffer bytes;
  private final long start;
  private final String resource;
  private int at;

  /**
   * @param start offset of the buffer in the resource
   * @param resource for messages
   */
  ProfileRuns(ByteBuffer bytes, long start, String resource) {
    this.bytes = bytes;
    this.start = start;
    this.resource = resource;
  }

  /** Number of runs of an order. */
  static int count(int[] order) {
    int runs = 0;
    for (int i = 0; i < order.length; i = end(order, i)) {
      runs++;
    }
    return runs;
  }

  /** Where the run that begins at a position ends. */
  static int end(int[] order, int position) {
    int end = position + 1;
    while (end < order.length && order[end] == order[end - 1] + 1) {
      end++;
    }
    return end;
  }

  static ByteBuffer encode(int[] order) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long expected = 0;
    for (int i = 0; i < order.length; ) {
      int end = end(order, i);
      long step = order[i] - expected;
      put(out, (step << 1) ^ (step >> (Long.SIZE - 1)));
      put(out, end - i - 1);
      expected = order[end - 1] + 1L;
      i = end;
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  private static void put(ByteArrayOutputStream out, long number) {
    long rest = number;
    while (rest >= MORE) {
      out.write((int) (rest | MORE));
      rest >>>= BITS;
    }
    out.write((int) rest);
  }

  /** The order, which has exactly what the header says. */
  int[] decode(ProfileHeader header) throws CorruptException {
    int[] order = new int[header.chunks()];
    TouchedChunks seen = new TouchedChunks(header.artifactChunks());
    int count = 0;
    long expected = 0;
    for (int run = 0; run < header.runs(); run++) {
      int runAt = at;
      long zigzag = number();
      long first = expected + ((zigzag >>> 1) ^ -(zigzag & 1));
      long length = number() + 1;
      if (first < 0 || first + length > header.artifactChunks()) {
        throw corrupt(
            runAt,
            "a run of "
                + length
                + " chunks from "
                + first
                + " on, but the artifact has "
                + header.artifactChunks());
      }
      if (length > order.length - count) {
        throw corrupt(runAt, "there are more chunks in the runs than " + order.length);
      }
      for (int chunk = (int) first; chunk < first + length; chunk++) {
        if (!seen.add(chunk)) {
          throw corrupt(runAt, "chunk " + chunk + " occurs twice");
        }
        order[count++] = chunk;
      }
      expected = first + length;
    }
    if (count != order.length || at != bytes.capacity()) {
      throw corrupt(
          at,
          String.format(
              "%d runs end here with %d chunks, expected %d and the end of the file",
              header.runs(), count, order.length));
    }
    return order;
  }

  /** A number of at most 35 bits, seven a byte, lowest first, as short as it can be. */
  private long number() throws CorruptException {
    int begin = at;
    long number = 0;
    for (int i = 0; i < MAX_NUMBER; i++) {
      if (at == bytes.capacity()) {
        throw corrupt(begin, "the runs end within a number");
      }
      int next = bytes.get(at++);
      number |= (long) (next & (MORE - 1)) << (BITS * i);
      if ((next & MORE) == 0) {
        if (next == 0 && i > 0) {
          break;
        }
        return number;
      }
    }
    throw corrupt(begin, "a number is longer than it need be");
  }

  private CorruptException corrupt(int offset, String problem) {
    return new CorruptException(resource, start + offset, problem);
  }
}
