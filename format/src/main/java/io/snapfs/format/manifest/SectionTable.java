package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.util.Objects;

/**
 * The records of one section of a manifest. An index that came from the manifest must have been
 * checked by the caller, who knows which field lied; here a wrong one is a programming error.
 */
final class SectionTable implements Records {
  private final CheckedBytes bytes;
  private final Section section;

  SectionTable(CheckedBytes bytes, Section section) {
    this.bytes = bytes;
    this.section = section;
  }

  @Override
  public long count() {
    return section.count();
  }

  @Override
  public int u8(long record, int field) throws CorruptException {
    return bytes.u8(position(record, field));
  }

  @Override
  public int u16(long record, int field) throws CorruptException {
    return bytes.u16(position(record, field));
  }

  @Override
  public int i32(long record, int field) throws CorruptException {
    return bytes.i32(position(record, field));
  }

  @Override
  public long i64(long record, int field) throws CorruptException {
    return bytes.i64(position(record, field));
  }

  @Override
  public long u32(long record, int field) throws CorruptException {
    return Integer.toUnsignedLong(i32(record, field));
  }

  void get(long record, int field, byte[] destination) throws CorruptException {
    bytes.get(position(record, field), destination, 0, destination.length);
  }

  /** Compares {@code length} bytes from {@code record} (records of one byte). */
  int compare(long record, int length, byte[] other) throws CorruptException {
    Objects.checkFromIndexSize(record, length, section.length());
    return bytes.compare(section.offset() + record, length, other);
  }

  /** Copies bytes from {@code record} on (records of one byte). */
  void getRange(long record, byte[] destination) throws CorruptException {
    Objects.checkFromIndexSize(record, destination.length, section.length());
    bytes.get(section.offset() + record, destination, 0, destination.length);
  }

  /** The whole section. */
  void copyTo(ByteSink sink) throws IOException {
    bytes.copyTo(section.offset(), section.length(), sink);
  }

  /** Byte offset of a field in the manifest. */
  long position(long record, int field) {
    return section.offset()
        + Objects.checkIndex(record, section.count()) * section.entrySize()
        + field;
  }

  String resource() {
    return bytes.resource();
  }

  /** What to throw for a field that can't be true. */
  CorruptException lie(long record, int field, String problem) {
    return new CorruptException(bytes.resource(), position(record, field), problem);
  }
}
