package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Section PARTS: what kinds of things an artifact consists of. Part 0 is what is nothing special.
 *
 * <pre>
 * 0      4             8             12         16              24              32
 * +------+-------------+-------------+----------+---------------+---------------+
 * | type | name offset | name length | reserved | regular files | logical bytes |
 * +------+-------------+-------------+----------+---------------+---------------+
 * </pre>
 */
final class PartTable {
  private static final int TYPE = 0;
  private static final int NAME_OFFSET = 4;
  private static final int NAME_LENGTH = 8;
  private static final int FILES = 16;
  private static final int LOGICAL_BYTES = 24;

  private final SectionTable table;
  private final List<Part> parts;

  /** Reads and checks all parts: they are few. */
  PartTable(SectionTable table, ByteRange bytes) throws CorruptException {
    this.table = table;
    if (table.count() < 1 || table.count() > Limits.MAX_PARTS) {
      throw new CorruptException(
          table.resource(), -1, table.count() + " parts, expected 1 to " + Limits.MAX_PARTS);
    }
    List<Part> list = new ArrayList<>((int) table.count());
    for (int i = 0; i < table.count(); i++) {
      list.add(read(i, bytes));
    }
    this.parts = List.copyOf(list);
    if (table.i32(0, TYPE) != PartType.OTHER.number()) {
      throw table.lie(0, TYPE, "part 0 has type " + table.u32(0, TYPE) + ", expected 0 (other)");
    }
  }

  private Part read(int part, ByteRange bytes) throws CorruptException {
    long length = table.u32(part, NAME_LENGTH);
    long offset = table.u32(part, NAME_OFFSET);
    if (length > Limits.MAX_PART_NAME) {
      throw table.lie(
          part,
          NAME_LENGTH,
          "a name of " + length + " bytes, the limit is " + Limits.MAX_PART_NAME);
    }
    bytes.check(table, part, NAME_OFFSET, offset, length);
    return new Part(
        PartType.of(table.i32(part, TYPE)),
        bytes.get(offset, (int) length),
        table.i64(part, FILES),
        table.i64(part, LOGICAL_BYTES));
  }

  static int append(SpillTable table, PartType type, long nameOffset, int nameLength)
      throws IOException {
    long part = table.append();
    table.put32(part, TYPE, type.number());
    table.put32(part, NAME_OFFSET, (int) nameOffset);
    table.put32(part, NAME_LENGTH, nameLength);
    return (int) part;
  }

  static void addFile(SpillTable table, int part, long size) throws IOException {
    table.put64(part, FILES, table.i64(part, FILES) + 1);
    table.put64(part, LOGICAL_BYTES, table.i64(part, LOGICAL_BYTES) + size);
  }

  List<Part> parts() {
    return parts;
  }

  CorruptException wrongSums(int part, long files, long logicalBytes) {
    Part said = parts.get(part);
    return table.lie(
        part,
        FILES,
        String.format(
            "part %d has %d files of %d bytes, expected %d of %d",
            part, said.files(), said.logicalBytes(), files, logicalBytes));
  }
}
