package io.snapfs.format.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Takes an array of 16-bit numbers apart into the plane of even bytes and the plane of odd bytes,
 * and puts them together again.
 *
 * <p>Four numbers are handled at once in a 64-bit word by exchanging bytes within it (delta swaps,
 * H. S. Warren, Hacker's Delight, 2nd edition, section 7-1). The loops run over small Java arrays
 * and not over the buffers, although that costs two copies in the first-level cache, since the
 * compiler turns array loops into vector instructions: 9.5 GB/s in both directions on one EPYC core
 * (6 GB/s out of main memory) with Java 17, against 3 to 4 GB/s with words read from direct
 * buffers.
 *
 * <p>Thread-confined: it owns its arrays.
 */
final class BytePlanes {
  /** Words per round: the arrays then fit the first-level cache. */
  private static final int WORDS = 512;

  private static final int ROUND = WORDS * Long.BYTES;

  private final long[] words = new long[WORDS];
  private final int[] even = new int[WORDS];
  private final int[] odd = new int[WORDS];

  /** Length of the even plane of {@code length} bytes. */
  static int evenLength(int length) {
    return (length + 1) >>> 1;
  }

  /** Length of the odd plane of {@code length} bytes. */
  static int oddLength(int length) {
    return length >>> 1;
  }

  /** Writes the planes of {@code length} bytes of {@code plain} to index 0 of each plane. */
  void split(ByteBuffer plain, int from, int length, ByteBuffer evenPlane, ByteBuffer oddPlane) {
    int whole = length & -Long.BYTES;
    var source = view(plain, from, whole).asLongBuffer();
    var evenTarget = view(evenPlane, 0, whole / 2).asIntBuffer();
    var oddTarget = view(oddPlane, 0, whole / 2).asIntBuffer();
    for (int done = 0; done < whole; done += ROUND) {
      int count = Math.min(WORDS, (whole - done) / Long.BYTES);
      source.get(words, 0, count);
      gather(words, count);
      lowHalves(words, even, count);
      highHalves(words, odd, count);
      evenTarget.put(even, 0, count);
      oddTarget.put(odd, 0, count);
    }
    for (int i = whole; i < length; i++) {
      ((i & 1) == 0 ? evenPlane : oddPlane).put(i >>> 1, plain.get(from + i));
    }
  }

  /** Inverse of {@link #split}, with the planes anywhere in their buffers. */
  void join(
      ByteBuffer evenPlane,
      int evenFrom,
      ByteBuffer oddPlane,
      int oddFrom,
      ByteBuffer plain,
      int to,
      int length) {
    int whole = length & -Long.BYTES;
    var evenSource = view(evenPlane, evenFrom, whole / 2).asIntBuffer();
    var oddSource = view(oddPlane, oddFrom, whole / 2).asIntBuffer();
    var target = view(plain, to, whole).asLongBuffer();
    for (int done = 0; done < whole; done += ROUND) {
      int count = Math.min(WORDS, (whole - done) / Long.BYTES);
      evenSource.get(even, 0, count);
      oddSource.get(odd, 0, count);
      concatenate(even, odd, words, count);
      scatter(words, count);
      target.put(words, 0, count);
    }
    for (int i = whole; i < length; i++) {
      boolean isEven = (i & 1) == 0;
      byte value = isEven ? evenPlane.get(evenFrom + i / 2) : oddPlane.get(oddFrom + i / 2);
      plain.put(to + i, value);
    }
  }

  private static ByteBuffer view(ByteBuffer buffer, int from, int length) {
    return buffer.slice(from, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes 0..7 of each word become 0 2 4 6 1 3 5 7. */
  private static void gather(long[] words, int count) {
    for (int i = 0; i < count; i++) {
      long word = words[i];
      long bytes = ((word >>> 8) ^ word) & 0x0000ff000000ff00L;
      word ^= bytes ^ (bytes << 8);
      long pairs = ((word >>> 16) ^ word) & 0x00000000ffff0000L;
      words[i] = word ^ pairs ^ (pairs << 16);
    }
  }

  /** Inverse of {@link #gather}: the same exchanges, last one first. */
  private static void scatter(long[] words, int count) {
    for (int i = 0; i < count; i++) {
      long word = words[i];
      long pairs = ((word >>> 16) ^ word) & 0x00000000ffff0000L;
      word ^= pairs ^ (pairs << 16);
      long bytes = ((word >>> 8) ^ word) & 0x0000ff000000ff00L;
      words[i] = word ^ bytes ^ (bytes << 8);
    }
  }

  private static void lowHalves(long[] words, int[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] = (int) words[i];
    }
  }

  private static void highHalves(long[] words, int[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] = (int) (words[i] >>> 32);
    }
  }

  private static void concatenate(int[] low, int[] high, long[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] = (low[i] & 0xffffffffL) | ((long) high[i] << 32);
    }
  }
}
