package io.snapfs.format.manifest;

import java.io.IOException;

/**
 * A section that is to be written.
 *
 * @param type its number in the section directory
 * @param entrySize bytes of a record
 * @param length bytes of all records
 * @param content gives those bytes, the same each time
 */
record SectionSource(int type, int entrySize, long length, Content content) {
  /** Where the bytes come from. */
  @FunctionalInterface
  interface Content {
    void copyTo(ByteSink sink) throws IOException;
  }

  /** A section of a manifest, as it is there. */
  static SectionSource of(CheckedBytes bytes, Section section) {
    return new SectionSource(
        section.type(),
        section.entrySize(),
        section.length(),
        sink -> bytes.copyTo(section.offset(), section.length(), sink));
  }
}
