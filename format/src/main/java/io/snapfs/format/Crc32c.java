package io.snapfs.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C of whole ranges, as FORMAT.md section 0 defines it. Stateless; safe for use by many
 * threads.
 */
public final class Crc32c {
  private Crc32c() {}

  /**
   * Checksum of {@code length} bytes from {@code offset}; the buffer's position and limit are not
   * touched.
   */
  public static int of(ByteBuffer buffer, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().clear().limit(offset + length).position(offset));
    return (int) crc.getValue();
  }

  public static int of(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }
}
