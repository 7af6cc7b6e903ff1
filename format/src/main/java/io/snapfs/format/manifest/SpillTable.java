package io.snapfs.format.manifest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** The records of a section that is being built, in a temporary file that {@link Spills} owns. */
final class SpillTable implements Records {
  private final SectionType type;
  private final SpillFile file;
  private long count;

  SpillTable(Path scratch, SectionType type) throws IOException {
    this.type = type;
    this.file = new SpillFile(scratch, type.name());
  }

  /** Appends a record of zeros and returns its index. */
  long append() throws IOException {
    file.extend(type.entrySize());
    return count++;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public int u8(long record, int field) throws IOException {
    return file.u8(position(record, field));
  }

  @Override
  public int u16(long record, int field) throws IOException {
    return file.u16(position(record, field));
  }

  @Override
  public int i32(long record, int field) throws IOException {
    return file.i32(position(record, field));
  }

  @Override
  public long i64(long record, int field) throws IOException {
    return file.i64(position(record, field));
  }

  void put8(long record, int field, int value) throws IOException {
    file.put8(position(record, field), value);
  }

  void put16(long record, int field, int value) throws IOException {
    file.put16(position(record, field), value);
  }

  void put32(long record, int field, int value) throws IOException {
    file.put32(position(record, field), value);
  }

  void put64(long record, int field, long value) throws IOException {
    file.put64(position(record, field), value);
  }

  /** Overwrites a whole record. */
  void put(long record, byte[] value) throws IOException {
    Objects.checkIndex(value.length - 1, type.entrySize());
    file.put(position(record, 0), value);
  }

  private long position(long record, int field) {
    return Objects.checkIndex(record, count) * type.entrySize() + field;
  }

  SpillFile file() {
    return file;
  }

  /** The section as it is now. */
  SectionSource source() {
    return new SectionSource(type.number(), type.entrySize(), file.length(), file::copyTo);
  }
}
