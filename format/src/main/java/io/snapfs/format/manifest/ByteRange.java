package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;

/**
 * Reads text and values out of a section of bytes, at the places that fields of other sections
 * name.
 */
final class ByteRange {
  private final SectionTable bytes;

  ByteRange(SectionTable bytes) {
    this.bytes = bytes;
  }

  /**
   * Checks that a range lies in the section.
   *
   * @param owner the table whose record names the range
   * @param field where in the record its offset is, for the message
   */
  void check(SectionTable owner, long record, int field, long offset, long length)
      throws CorruptException {
    if (offset < 0 || length < 0 || length > bytes.count() || offset > bytes.count() - length) {
      throw owner.lie(
          record,
          field,
          Long.toUnsignedString(length)
              + " bytes from "
              + Long.toUnsignedString(offset)
              + " of a section of "
              + bytes.count()
              + " bytes");
    }
  }

  /** Copies a range that was checked. */
  byte[] get(long offset, int length) throws CorruptException {
    byte[] copy = new byte[length];
    bytes.getRange(offset, copy);
    return copy;
  }

  /** Compares a range that was checked with {@code other}, unsigned bytewise, in place. */
  int compare(long offset, int length, byte[] other) throws CorruptException {
    return bytes.compare(offset, length, other);
  }
}
