package io.snapfs.format.pack;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.PackId;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The first 128 bytes of a pack. Buffers are little-endian. */
final class PackHeader {
  static final int LENGTH = 128;
  static final int VERSION = 1;

  /** {@code SNAPFSPK}. */
  static final long MAGIC = 0x4b50534650414e53L;

  private static final int MAGIC_OFFSET = 0;
  private static final int VERSION_OFFSET = 8;
  private static final int LENGTH_OFFSET = 10;
  private static final int REQUIRED_OFFSET = 12;
  private static final int ID_OFFSET = 24;
  private static final int KEY_ID_OFFSET = 40;
  private static final int NONCE_OFFSET = 56;
  private static final int RESERVED_OFFSET = 80;
  private static final int CRC_OFFSET = 124;

  /** Required feature bit 0. */
  private static final int ENCRYPTED = 1;

  private PackHeader() {}

  /** Writes the header of a pack that is not encrypted, to index 0. */
  static void write(ByteBuffer buffer, PackId id) {
    buffer.put(0, new byte[LENGTH]);
    buffer.putLong(MAGIC_OFFSET, MAGIC);
    buffer.putShort(VERSION_OFFSET, (short) VERSION);
    buffer.putShort(LENGTH_OFFSET, (short) LENGTH);
    id.write(buffer, ID_OFFSET);
    buffer.putInt(CRC_OFFSET, Crc32c.of(buffer, 0, CRC_OFFSET));
  }

  /** Checks the header at index 0 and returns the pack's id. */
  static PackId check(ByteBuffer buffer, String resource) throws SnapfsException {
    if (buffer.getLong(MAGIC_OFFSET) != MAGIC) {
      throw new CorruptException(
          resource, MAGIC_OFFSET, "it does not begin as a pack does; is this a pack at all?");
    }
    int actual = Crc32c.of(buffer, 0, CRC_OFFSET);
    int expected = buffer.getInt(CRC_OFFSET);
    if (actual != expected) {
      throw new CorruptException(
          resource, 0, String.format("header has checksum %08x instead of %08x", actual, expected));
    }
    PackVersion.check(resource, VERSION_OFFSET, buffer.getShort(VERSION_OFFSET));
    checkLength(buffer, resource);
    checkFeatures(buffer, resource);
    return PackId.read(buffer, ID_OFFSET);
  }

  private static void checkLength(ByteBuffer buffer, String resource) throws CorruptException {
    int length = Short.toUnsignedInt(buffer.getShort(LENGTH_OFFSET));
    if (length != LENGTH) {
      throw new CorruptException(
          resource, LENGTH_OFFSET, "header length is " + length + " instead of " + LENGTH);
    }
  }

  private static void checkFeatures(ByteBuffer buffer, String resource) throws TooNewException {
    int required = buffer.getInt(REQUIRED_OFFSET);
    byte[] keyId = new byte[NONCE_OFFSET - KEY_ID_OFFSET];
    buffer.get(KEY_ID_OFFSET, keyId);
    if ((required & ENCRYPTED) != 0 || !isZero(buffer, KEY_ID_OFFSET, RESERVED_OFFSET)) {
      throw new TooNewException(
          resource, "it is encrypted, with the key of id " + HexFormat.of().formatHex(keyId));
    }
    if (required != 0) {
      throw new TooNewException(
          resource, String.format("it needs unknown features (flags %08x)", required));
    }
  }

  private static boolean isZero(ByteBuffer buffer, int from, int to) {
    long any = 0;
    for (int i = from; i < to; i += Long.BYTES) {
      any |= buffer.getLong(i);
    }
    return any == 0;
  }
}
