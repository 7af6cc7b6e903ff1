package io.snapfs.format.node;

import io.snapfs.linux.PageAligned;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Computes the CRC-32C of each MiB of a file from its bytes as they pass by, in order. Confined to
 * a thread.
 */
final class BlockSums {
  /** Bytes of a block; the last one of a file may be shorter. */
  static final int BLOCK = 1 << 20;

  private static final ByteBuffer ZEROS = PageAligned.allocate(BLOCK);
  private static final int ZERO_BLOCK = ofZeros(BLOCK);

  private final CRC32C crc = new CRC32C();
  private final int[] sums;
  private int done;
  private int inBlock;

  /**
   * @param length of the file in bytes
   */
  BlockSums(long length) {
    sums = new int[count(length)];
  }

  /** Blocks of a file of a length up to {@link NodeRecord#MAX_LENGTH}. */
  static int count(long length) {
    return Math.toIntExact((length + BLOCK - 1) / BLOCK);
  }

  /** Checksum of a block of zeros. */
  static int ofZeros(int length) {
    CRC32C crc = new CRC32C();
    crc.update(ZEROS.duplicate().limit(length));
    return (int) crc.getValue();
  }

  /** The next bytes of the file, from position to limit; the buffer is left as it was. */
  void add(ByteBuffer bytes) {
    ByteBuffer rest = bytes.duplicate();
    int end = rest.limit();
    while (rest.position() < end) {
      int step = Math.min(end - rest.position(), BLOCK - inBlock);
      crc.update(rest.limit(rest.position() + step));
      advance(step);
    }
  }

  /** The next bytes of the file are zeros. */
  void addZeros(long count) {
    long left = count;
    while (left > 0) {
      int step = (int) Math.min(left, BLOCK - inBlock);
      if (step == BLOCK) {
        sums[done++] = ZERO_BLOCK;
      } else {
        crc.update(ZEROS.duplicate().limit(step));
        advance(step);
      }
      left -= step;
    }
  }

  private void advance(int step) {
    inBlock += step;
    if (inBlock == BLOCK) {
      endBlock();
    }
  }

  private void endBlock() {
    sums[done++] = (int) crc.getValue();
    crc.reset();
    inBlock = 0;
  }

  /** The sums, when all of the file has passed by. */
  int[] finish() {
    if (inBlock > 0) {
      endBlock();
    }
    if (done != sums.length) {
      throw new IllegalStateException(done + " blocks of " + sums.length);
    }
    return sums;
  }
}
