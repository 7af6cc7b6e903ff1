package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.TooNewException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Header and footer of a manifest, FORMAT.md section 4.
 *
 * <pre>
 * 0         8        10       12         16         20         24
 * +---------+--------+--------+----------+----------+----------+------------------------+
 * | magic   | vers.  | length | required | optional | sections | content id (32)        |
 * +---------+--------+--------+----------+----------+----------+------------------------+
 * 56            64             72       76          80              84           124    128
 * +-------------+--------------+--------+-----------+---------------+------------+------+
 * | file length | table offset | blocks | table crc | directory crc | reserved   | crc  |
 * +-------------+--------------+--------+-----------+---------------+------------+------+
 * </pre>
 *
 * @param optionalFeatures flags that a reader may ignore
 * @param sections entries of the section directory
 * @param contentId SHA-256, FORMAT.md 4.2
 * @param fileLength bytes of the whole manifest
 * @param tableOffset byte offset of the checksum table
 * @param blocks entries of the checksum table
 * @param tableSum crc32c of the checksum table
 * @param directorySum crc32c of the section directory
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never compared
record ManifestHeader(
    int optionalFeatures,
    int sections,
    byte[] contentId,
    long fileLength,
    long tableOffset,
    int blocks,
    int tableSum,
    int directorySum) {
  static final int LENGTH = 128;
  static final int FOOTER = 16;
  static final int CONTENT_ID = 32;
  static final int VERSION = 1;

  /** Features that this version understands: none exist yet. */
  static final int KNOWN_REQUIRED = 0;

  private static final long MAGIC = magic("SNAPFSMF");
  private static final long FOOTER_MAGIC = magic("FMSFPANS");

  private static final int AT_MAGIC = 0;
  private static final int AT_VERSION = 8;
  private static final int AT_LENGTH = 10;
  private static final int AT_REQUIRED = 12;
  private static final int AT_OPTIONAL = 16;
  private static final int AT_SECTIONS = 20;
  private static final int AT_CONTENT_ID = 24;
  private static final int AT_FILE_LENGTH = 56;
  private static final int AT_TABLE_OFFSET = 64;
  private static final int AT_BLOCKS = 72;
  private static final int AT_TABLE_SUM = 76;
  private static final int AT_DIRECTORY_SUM = 80;
  private static final int AT_CRC = 124;

  private static long magic(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))
        .order(ByteOrder.LITTLE_ENDIAN)
        .getLong();
  }

  /** The header's bytes, ready to be written. */
  ByteBuffer encode() {
    ByteBuffer header = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(AT_MAGIC, MAGIC);
    header.putShort(AT_VERSION, (short) VERSION);
    header.putShort(AT_LENGTH, (short) LENGTH);
    header.putInt(AT_OPTIONAL, optionalFeatures);
    header.putInt(AT_SECTIONS, sections);
    header.put(AT_CONTENT_ID, contentId);
    header.putLong(AT_FILE_LENGTH, fileLength);
    header.putLong(AT_TABLE_OFFSET, tableOffset);
    header.putInt(AT_BLOCKS, blocks);
    header.putInt(AT_TABLE_SUM, tableSum);
    header.putInt(AT_DIRECTORY_SUM, directorySum);
    header.putInt(AT_CRC, Crc32c.of(header, 0, AT_CRC));
    return header;
  }

  /** The footer's bytes, ready to be written. */
  ByteBuffer encodeFooter() {
    ByteBuffer footer = ByteBuffer.allocate(FOOTER).order(ByteOrder.LITTLE_ENDIAN);
    return footer.putLong(0, fileLength).putLong(8, FOOTER_MAGIC);
  }

  /**
   * Reads and checks a header: first what it is, then that it is undamaged, then whether this
   * version may read it, then what it says.
   *
   * @param header its 128 bytes
   * @param actualLength bytes that the manifest really has
   */
  static ManifestHeader read(ByteBuffer header, String resource, long actualLength)
      throws CorruptException, TooNewException {
    if (header.getLong(AT_MAGIC) != MAGIC) {
      throw new CorruptException(
          resource, AT_MAGIC, "it does not begin with SNAPFSMF, so it is no manifest");
    }
    int sum = Crc32c.of(header, 0, AT_CRC);
    if (sum != header.getInt(AT_CRC)) {
      throw new CorruptException(
          resource,
          AT_CRC,
          String.format("the header has checksum %08x, expected %08x", sum, header.getInt(AT_CRC)));
    }
    checkReadable(header, resource);
    byte[] id = new byte[CONTENT_ID];
    header.get(AT_CONTENT_ID, id);
    ManifestHeader result =
        new ManifestHeader(
            header.getInt(AT_OPTIONAL),
            header.getInt(AT_SECTIONS),
            id,
            header.getLong(AT_FILE_LENGTH),
            header.getLong(AT_TABLE_OFFSET),
            header.getInt(AT_BLOCKS),
            header.getInt(AT_TABLE_SUM),
            header.getInt(AT_DIRECTORY_SUM));
    result.checkLengths(resource, actualLength);
    return result;
  }

  private static void checkReadable(ByteBuffer header, String resource)
      throws CorruptException, TooNewException {
    int version = Short.toUnsignedInt(header.getShort(AT_VERSION));
    if (version > VERSION) {
      throw new TooNewException(resource, "it has format version " + version);
    }
    int unknown = header.getInt(AT_REQUIRED) & ~KNOWN_REQUIRED;
    if (unknown != 0) {
      throw new TooNewException(
          resource, String.format("it needs the unknown features %#x", unknown));
    }
    if (version == 0 || Short.toUnsignedInt(header.getShort(AT_LENGTH)) != LENGTH) {
      throw new CorruptException(
          resource,
          AT_VERSION,
          "version "
              + version
              + " with a header of "
              + Short.toUnsignedInt(header.getShort(AT_LENGTH))
              + " bytes, expected version "
              + VERSION
              + " and "
              + LENGTH);
    }
  }

  private void checkLengths(String resource, long actualLength) throws CorruptException {
    if (fileLength != actualLength) {
      throw new CorruptException(
          resource,
          AT_FILE_LENGTH,
          "it has "
              + actualLength
              + " bytes, expected "
              + Long.toUnsignedString(fileLength)
              + (actualLength < fileLength ? " (truncated)" : ""));
    }
    if (sections < 0 || sections > Limits.MAX_SECTIONS) {
      throw new CorruptException(
          resource,
          AT_SECTIONS,
          Integer.toUnsignedString(sections) + " sections, the limit is " + Limits.MAX_SECTIONS);
    }
    long directoryEnd = LENGTH + (long) sections * SectionDirectory.ENTRY;
    if (tableOffset < directoryEnd || tableOffset > fileLength - FOOTER || tableOffset % 8 != 0) {
      throw new CorruptException(
          resource,
          AT_TABLE_OFFSET,
          "the checksum table begins at "
              + Long.toUnsignedString(tableOffset)
              + ", expected a multiple of 8 from "
              + directoryEnd
              + " to "
              + (fileLength - FOOTER));
    }
    long expectedBlocks = CheckedBytes.blocks(tableOffset);
    if (blocks != expectedBlocks || tableOffset + 4 * expectedBlocks + FOOTER != fileLength) {
      throw new CorruptException(
          resource,
          AT_BLOCKS,
          Integer.toUnsignedString(blocks)
              + " blocks up to the checksum table at "
              + tableOffset
              + " of "
              + fileLength
              + " bytes, expected "
              + expectedBlocks);
    }
  }

  /**
   * Checks the footer.
   *
   * @param footer its 16 bytes
   */
  void checkFooter(ByteBuffer footer, String resource) throws CorruptException {
    if (footer.getLong(0) != fileLength || footer.getLong(8) != FOOTER_MAGIC) {
      throw new CorruptException(
          resource,
          fileLength - FOOTER,
          "it does not end with its length " + fileLength + " and FMSFPANS");
    }
  }

  /** Compares the content id with what was computed from the content. */
  void checkContentId(byte[] computed, String resource) throws CorruptException {
    if (!Arrays.equals(contentId, computed)) {
      throw new CorruptException(
          resource,
          AT_CONTENT_ID,
          "the content has the id "
              + HexFormat.of().formatHex(computed)
              + ", expected "
              + HexFormat.of().formatHex(contentId));
    }
  }
}
