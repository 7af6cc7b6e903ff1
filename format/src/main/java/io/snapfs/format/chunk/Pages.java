package io.snapfs.format.chunk;

import io.snapfs.format.Limits;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** What chunkers ask about pages. Thread-confined. */
final class Pages {
  private static final int STRIDE = 8 * Long.BYTES;

  private final CRC32C crc = new CRC32C();

  /** True if the page at {@code at}, {@code length} bytes of it, holds only zeros. */
  static boolean isZero(ByteBuffer data, int at, int length) {
    int end = at + length;
    int i = at;
    for (; i <= end - STRIDE; i += STRIDE) {
      if ((data.getLong(i)
              | data.getLong(i + 8)
              | data.getLong(i + 16)
              | data.getLong(i + 24)
              | data.getLong(i + 32)
              | data.getLong(i + 40)
              | data.getLong(i + 48)
              | data.getLong(i + 56))
          != 0) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (data.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Length of the run of zeros from {@code position}, in whole pages, except that it may end with
   * the file's last, shorter page.
   */
  static int zeroRun(ByteBuffer data, int position, int limit, boolean last) {
    int at = position;
    while (at < limit) {
      int length = Math.min(Limits.PAGE, limit - at);
      if ((length < Limits.PAGE && !last) || !isZero(data, at, length)) {
        break;
      }
      at += length;
    }
    return at - position;
  }

  /**
   * Hash of a whole page, uniform in 32 bits: its CRC-32C, which processors compute at 20 GB/s,
   * mixed by the finaliser of MurmurHash3 (Austin Appleby, public domain), as a CRC alone is linear
   * and its high bits say little about low-entropy pages.
   */
  int hash(ByteBuffer view, int at) {
    crc.reset();
    crc.update(view.limit(at + Limits.PAGE).position(at));
    return mix((int) crc.getValue());
  }

  private static int mix(int value) {
    int mixed = value;
    mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
    mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
    return mixed ^ (mixed >>> 16);
  }
}
