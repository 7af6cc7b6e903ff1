package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * The mapped bytes of a manifest between its header and its checksum table. No byte comes out
 * before the 64 KiB block that holds it has passed its checksum; each block is checked when it is
 * first used.
 *
 * <p>Safe for many threads without a lock: the bytes are immutable, and that a block was checked is
 * remembered in one byte of its own. Two threads may check the same block, or a thread may not see
 * yet that another has; both only cost time.
 *
 * <p>A block is copied out of the mapping before it is summed: a fault while copying (the file was
 * truncated behind our back) is an {@link InternalError} to the JVM, while one inside the checksum
 * intrinsic would end the process. The copy of a missing page fails its checksum, and the JVM is
 * made to throw the error while we look. A page that goes missing after its block was checked reads
 * as zeros, and the error comes up a little later, perhaps elsewhere.
 */
final class CheckedBytes {
  private static final int BLOCK_SHIFT = 16;

  /** Bytes of a block. Blocks begin at multiples of it, but the first begins after the header. */
  static final int BLOCK = 1 << BLOCK_SHIFT;

  private static final int COPY = 8192;

  /** Always 1, which the compiler must not know: see {@link #throwPendingFault}. */
  private static volatile int one = 1;

  private final ByteBuffer mapped;
  private final String resource;
  private final int[] sums;
  private final byte[] checked;
  private final long end;

  /**
   * @param mapped the whole manifest from index 0, little-endian
   * @param sums the checksum table, itself checked
   * @param end byte offset of the checksum table
   */
  CheckedBytes(ByteBuffer mapped, String resource, int[] sums, long end) {
    this.mapped = mapped;
    this.resource = resource;
    this.sums = sums;
    this.checked = new byte[sums.length];
    this.end = end;
  }

  /** Number of blocks before a checksum table at that offset. */
  static int blocks(long tableOffset) {
    return (int) ((tableOffset + BLOCK - 1) >>> BLOCK_SHIFT);
  }

  /** First byte of a block. */
  static long blockStart(int block) {
    return Math.max((long) block << BLOCK_SHIFT, ManifestHeader.LENGTH);
  }

  String resource() {
    return resource;
  }

  int blocks() {
    return sums.length;
  }

  int u8(long at) throws CorruptException {
    need(at);
    try {
      return Byte.toUnsignedInt(mapped.get((int) at));
    } catch (InternalError e) {
      throw vanished(at, e);
    }
  }

  /** Like the other fixed-width reads, of a naturally aligned field: it lies in one block. */
  int u16(long at) throws CorruptException {
    need(at);
    try {
      return Short.toUnsignedInt(mapped.getShort((int) at));
    } catch (InternalError e) {
      throw vanished(at, e);
    }
  }

  int i32(long at) throws CorruptException {
    need(at);
    try {
      return mapped.getInt((int) at);
    } catch (InternalError e) {
      throw vanished(at, e);
    }
  }

  long i64(long at) throws CorruptException {
    need(at);
    try {
      return mapped.getLong((int) at);
    } catch (InternalError e) {
      throw vanished(at, e);
    }
  }

  void get(long at, byte[] destination, int offset, int length) throws CorruptException {
    needAll(at, length);
    copy(at, destination, offset, length);
  }

  /** Compares a range with {@code other}, unsigned bytewise, without copying it. */
  int compare(long at, int length, byte[] other) throws CorruptException {
    needAll(at, length);
    try {
      int common = Math.min(length, other.length);
      for (int i = 0; i < common; i++) {
        int difference =
            Byte.toUnsignedInt(mapped.get((int) at + i)) - Byte.toUnsignedInt(other[i]);
        if (difference != 0) {
          return difference;
        }
      }
      return length - other.length;
    } catch (InternalError e) {
      throw vanished(at, e);
    }
  }

  /** Hands a range on in pieces that are valid only during each call. */
  void copyTo(long at, long length, ByteSink sink) throws IOException {
    byte[] piece = new byte[(int) Math.min(length, BLOCK)];
    for (long done = 0; done < length; ) {
      int n = (int) Math.min(piece.length, length - done);
      get(at + done, piece, 0, n);
      sink.accept(ByteBuffer.wrap(piece, 0, n));
      done += n;
    }
  }

  /** Checks a block's sum now, whether or not that was done before. */
  void checkBlock(int block) throws CorruptException {
    long start = blockStart(block);
    long stop = Math.min((long) (block + 1) << BLOCK_SHIFT, end);
    int sum;
    try {
      sum = sum(start, stop);
      if (sum != sums[block]) {
        throwPendingFault();
      }
    } catch (InternalError e) {
      throw vanished(start, e);
    }
    if (sum != sums[block]) {
      throw new CorruptException(
          resource,
          start,
          String.format(
              "the %d bytes from there have checksum %08x, expected %08x",
              stop - start, sum, sums[block]));
    }
    checked[block] = 1;
  }

  private int sum(long start, long stop) throws CorruptException {
    CRC32C crc = new CRC32C();
    byte[] piece = new byte[COPY];
    for (long at = start; at < stop; at += COPY) {
      int n = (int) Math.min(COPY, stop - at);
      copy(at, piece, 0, n);
      crc.update(piece, 0, n);
    }
    return (int) crc.getValue();
  }

  private void need(long at) throws CorruptException {
    int block = (int) (at >>> BLOCK_SHIFT);
    if (checked[block] == 0) {
      checkBlock(block);
    }
  }

  private void needAll(long at, long length) throws CorruptException {
    if (length > 0) {
      for (long block = at >>> BLOCK_SHIFT; block <= (at + length - 1) >>> BLOCK_SHIFT; block++) {
        need(block << BLOCK_SHIFT);
      }
    }
  }

  private void copy(long at, byte[] destination, int offset, int length) throws CorruptException {
    try {
      mapped.get((int) at, destination, offset, length);
    } catch (InternalError e) {
      throw vanished(at, e);
    }
  }

  /** Copies bytes that have no block; a missing page behind the mapping is a damaged manifest. */
  static byte[] copy(ByteBuffer mapped, String resource, long at, int length)
      throws CorruptException {
    byte[] copy = new byte[length];
    try {
      mapped.get((int) at, copy);
      throwPendingFault();
      return copy;
    } catch (InternalError e) {
      throw vanished(resource, at, e);
    }
  }

  /**
   * HotSpot notes a fault in copied memory and throws when it is next entered in a way that may
   * throw. Making an array of arrays is such a way, also in compiled code if it can't know how
   * large the array is.
   */
  private static void throwPendingFault() {
    int length = one;
    Objects.checkIndex(0, new byte[length][length].length);
  }

  private CorruptException vanished(long at, InternalError cause) {
    return vanished(resource, at, cause);
  }

  /** What a fault in mapped memory means. */
  static CorruptException vanished(String resource, long at, InternalError cause) {
    return new CorruptException(
        resource, at, "it was truncated, or its disk failed, while it was open", cause);
  }
}
