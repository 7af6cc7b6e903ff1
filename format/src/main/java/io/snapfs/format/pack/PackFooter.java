package io.snapfs.format.pack;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import io.snapfs.format.SnapfsException;
import java.nio.ByteBuffer;

/**
 * The last 64 bytes of a pack: where its index is. Buffers are little-endian.
 *
 * @param indexOffset bytes from the pack's begin; also where the data region ends
 * @param count entries of the index
 * @param indexCrc crc32c of the index
 * @param length bytes of the whole file
 */
record PackFooter(long indexOffset, int count, int indexCrc, PackId id, long length) {
  static final int LENGTH = 64;

  /** The header's magic backwards. */
  static final long MAGIC = Long.reverseBytes(PackHeader.MAGIC);

  private static final int INDEX_OFFSET = 0;
  private static final int COUNT_OFFSET = 8;
  private static final int INDEX_CRC_OFFSET = 12;
  private static final int ID_OFFSET = 16;
  private static final int LENGTH_OFFSET = 32;
  private static final int VERSION_OFFSET = 40;
  private static final int CRC_OFFSET = 52;
  private static final int MAGIC_OFFSET = 56;

  /** Writes the footer at {@code base}. */
  void write(ByteBuffer buffer, int base) {
    buffer.put(base, new byte[LENGTH]);
    buffer.putLong(base + INDEX_OFFSET, indexOffset);
    buffer.putInt(base + COUNT_OFFSET, count);
    buffer.putInt(base + INDEX_CRC_OFFSET, indexCrc);
    id.write(buffer, base + ID_OFFSET);
    buffer.putLong(base + LENGTH_OFFSET, length);
    buffer.putShort(base + VERSION_OFFSET, (short) PackHeader.VERSION);
    buffer.putInt(base + CRC_OFFSET, Crc32c.of(buffer, base, CRC_OFFSET));
    buffer.putLong(base + MAGIC_OFFSET, MAGIC);
  }

  /**
   * Reads and checks the footer at index 0 of a buffer.
   *
   * @param fileLength what the file's length really is, within the limits of a pack
   */
  static PackFooter read(ByteBuffer buffer, String resource, long fileLength)
      throws SnapfsException {
    long base = fileLength - LENGTH;
    if (buffer.getLong(MAGIC_OFFSET) != MAGIC) {
      throw new CorruptException(
          resource, base + MAGIC_OFFSET, "it does not end as a pack does; it may be truncated");
    }
    int actual = Crc32c.of(buffer, 0, CRC_OFFSET);
    int expected = buffer.getInt(CRC_OFFSET);
    if (actual != expected) {
      throw new CorruptException(
          resource,
          base,
          String.format("footer has checksum %08x instead of %08x", actual, expected));
    }
    PackVersion.check(resource, base + VERSION_OFFSET, buffer.getShort(VERSION_OFFSET));
    PackFooter footer =
        new PackFooter(
            buffer.getLong(INDEX_OFFSET),
            buffer.getInt(COUNT_OFFSET),
            buffer.getInt(INDEX_CRC_OFFSET),
            PackId.read(buffer, ID_OFFSET),
            buffer.getLong(LENGTH_OFFSET));
    footer.check(resource, fileLength, base);
    return footer;
  }

  private void check(String resource, long fileLength, long base) throws CorruptException {
    if (length != fileLength) {
      throw new CorruptException(
          resource,
          base + LENGTH_OFFSET,
          "the file has " + fileLength + " bytes, its footer says " + length);
    }
    if (count < 0 || count > Limits.MAX_PACK_ENTRIES) {
      throw new CorruptException(
          resource,
          base + COUNT_OFFSET,
          Integer.toUnsignedString(count) + " chunks, at most are " + Limits.MAX_PACK_ENTRIES);
    }
    long expected = base - (long) count * PackEntry.LENGTH;
    if (indexOffset != expected
        || indexOffset < PackHeader.LENGTH
        || indexOffset % PackEntry.LENGTH != 0) {
      throw new CorruptException(
          resource,
          base + INDEX_OFFSET,
          String.format(
              "an index of %d chunks can't lie at offset %s of a file of %d bytes",
              count, Long.toUnsignedString(indexOffset), fileLength));
    }
  }
}
