package io.snapfs.format.manifest;

import io.snapfs.format.Crc32c;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Makes lies look undamaged: computes checksums and the content id anew after bytes were changed.
 * Offsets are written out here as FORMAT.md has them, apart from the code under test.
 */
final class Seal {
  private static final int SECTIONS = 20;
  private static final int CONTENT_ID = 24;
  private static final int TABLE_OFFSET = 64;
  private static final int BLOCKS = 72;
  private static final int TABLE_SUM = 76;
  private static final int DIRECTORY_SUM = 80;
  private static final int HEADER_SUM = 124;
  private static final int HEADER = 128;

  private Seal() {}

  static ByteBuffer little(byte[] manifest) {
    return ByteBuffer.wrap(manifest).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int tableOffset(byte[] manifest) {
    return (int) little(manifest).getLong(TABLE_OFFSET);
  }

  /** Where in the section directory a section is described. */
  static int directoryEntry(byte[] manifest, int type) {
    ByteBuffer buffer = little(manifest);
    for (int i = 0; i < buffer.getInt(SECTIONS); i++) {
      if (buffer.getInt(HEADER + 32 * i) == type) {
        return HEADER + 32 * i;
      }
    }
    throw new IllegalArgumentException("no section " + type);
  }

  /** Where a field of a record is in the file. */
  static int position(byte[] manifest, SectionType type, long record, int field) {
    int entry = directoryEntry(manifest, type.number());
    return (int) (little(manifest).getLong(entry + 8) + record * type.entrySize() + field);
  }

  /** Recomputes the header's checksum only. */
  static byte[] header(byte[] manifest) {
    ByteBuffer buffer = little(manifest);
    buffer.putInt(HEADER_SUM, Crc32c.of(buffer, 0, HEADER_SUM));
    return manifest;
  }

  /** Recomputes every checksum. */
  static byte[] sums(byte[] manifest) {
    ByteBuffer buffer = little(manifest);
    int table = tableOffset(manifest);
    int blocks = buffer.getInt(BLOCKS);
    for (int i = 0; i < blocks; i++) {
      int from = Math.max(HEADER, i << 16);
      int to = Math.min((i + 1) << 16, table);
      buffer.putInt(table + 4 * i, Crc32c.of(buffer, from, to - from));
    }
    buffer.putInt(TABLE_SUM, Crc32c.of(buffer, table, 4 * blocks));
    buffer.putInt(DIRECTORY_SUM, Crc32c.of(buffer, HEADER, 32 * buffer.getInt(SECTIONS)));
    return header(manifest);
  }

  /** Recomputes the content id (the directory must be as it was) and every checksum. */
  static byte[] everything(byte[] manifest) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (int type : new int[] {1, 2, 3, 4, 5, 6, 9}) {
        int entry = directoryEntry(manifest, type);
        int offset = (int) little(manifest).getLong(entry + 8);
        long length = little(manifest).getLong(entry + 16);
        sha256.update(
            ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putLong(length)
                .flip());
        sha256.update(manifest, offset, (int) length);
      }
      little(manifest).put(CONTENT_ID, sha256.digest());
      return sums(manifest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
