package io.snapfs.format.store;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * The blob that makes a store one (FORMAT.md section 2).
 *
 * <pre>
 * 0       8         10       12         16         20         24   40        48         60    64
 * +-------+---------+--------+----------+----------+----------+----+---------+----------+-----+
 * | magic | version | length | required | optional | reserved | id | created | reserved | crc |
 * +-------+---------+--------+----------+----------+----------+----+---------+----------+-----+
 * </pre>
 *
 * @param id random, names the store wherever it is copied to
 * @param createdMillis milliseconds since the epoch
 */
record StoreDescriptor(UUID id, long createdMillis) {
  static final String KEY = "snapfs.store";

  /** Bytes of the blob. */
  static final int LENGTH = 64;

  private static final long MAGIC = 0x54535346_50414e53L; // "SNAPFSST"
  private static final int VERSION = 1;

  private static final int MAGIC_AT = 0;
  private static final int VERSION_AT = 8;
  private static final int LENGTH_AT = 10;
  private static final int REQUIRED_AT = 12;
  private static final int ID_AT = 24;
  private static final int CREATED_AT = 40;
  private static final int CRC_AT = 60;

  static StoreDescriptor random() {
    return new StoreDescriptor(UUID.randomUUID(), System.currentTimeMillis());
  }

  /** The blob's bytes, in a direct buffer. */
  ByteBuffer encode() {
    ByteBuffer bytes = buffer();
    bytes.putLong(MAGIC_AT, MAGIC);
    bytes.putShort(VERSION_AT, (short) VERSION);
    bytes.putShort(LENGTH_AT, (short) LENGTH);
    bytes.order(ByteOrder.BIG_ENDIAN); // a UUID is written as it is printed
    bytes.putLong(ID_AT, id.getMostSignificantBits());
    bytes.putLong(ID_AT + 8, id.getLeastSignificantBits());
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(CREATED_AT, createdMillis);
    bytes.putInt(CRC_AT, Crc32c.of(bytes, 0, CRC_AT));
    return bytes;
  }

  /** A buffer for the blob's bytes. */
  static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Checks and takes apart a descriptor.
   *
   * @param bytes the first {@link #LENGTH} bytes of the blob
   * @param blobLength how long the blob is
   * @param resource the blob, for messages
   */
  static StoreDescriptor decode(ByteBuffer bytes, long blobLength, String resource)
      throws SnapfsException {
    if (bytes.getLong(MAGIC_AT) != MAGIC) {
      throw new CorruptException(resource, MAGIC_AT, "it does not begin with SNAPFSST");
    }
    int crc = Crc32c.of(bytes, 0, CRC_AT);
    if (bytes.getInt(CRC_AT) != crc) {
      throw new CorruptException(
          resource,
          CRC_AT,
          String.format("checksum is %08x, expected %08x", crc, bytes.getInt(CRC_AT)));
    }
    checkVersion(bytes, resource);
    int length = Short.toUnsignedInt(bytes.getShort(LENGTH_AT));
    if (length != LENGTH || blobLength != LENGTH) {
      throw new CorruptException(
          resource,
          LENGTH_AT,
          "length is given as " + length + " and is " + blobLength + ", expected " + LENGTH);
    }
    bytes.order(ByteOrder.BIG_ENDIAN);
    UUID id = new UUID(bytes.getLong(ID_AT), bytes.getLong(ID_AT + 8));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    return new StoreDescriptor(id, bytes.getLong(CREATED_AT));
  }

  private static void checkVersion(ByteBuffer bytes, String resource) throws SnapfsException {
    int version = Short.toUnsignedInt(bytes.getShort(VERSION_AT));
    if (version > VERSION) {
      throw new TooNewException(
          resource, "the store has version " + version + ", this build knows " + VERSION);
    }
    if (version == 0) {
      throw new CorruptException(resource, VERSION_AT, "version is 0");
    }
    int required = bytes.getInt(REQUIRED_AT);
    if (required != 0) {
      throw new TooNewException(
          resource, String.format("the store needs features %#x, this build knows none", required));
    }
  }
}
