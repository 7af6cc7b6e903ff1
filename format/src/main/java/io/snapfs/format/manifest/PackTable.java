package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import java.io.IOException;

/**
 * Section PACKS: the packs that hold the chunks.
 *
 * <pre>
 * 0         16                    24         32
 * +---------+---------------------+----------+
 * | pack id | length of the file  | reserved |
 * +---------+---------------------+----------+
 * </pre>
 */
final class PackTable {
  private static final int ID = 0;
  private static final int LENGTH = 16;

  private final SectionTable table;

  /** Checks all packs: there is one per 256 MiB of stored bytes. */
  PackTable(SectionTable table) throws CorruptException {
    this.table = table;
    if (table.count() > Limits.MAX_PACKS) {
      throw new CorruptException(
          table.resource(),
          table.position(0, 0),
          table.count() + " packs, the limit is " + Limits.MAX_PACKS);
    }
    for (int i = 0; i < count(); i++) {
      length(i);
    }
  }

  static int append(SpillTable table, PackId id, long length) throws IOException {
    long pack = table.append();
    table.put64(pack, ID, id.low());
    table.put64(pack, ID + Long.BYTES, id.high());
    setLength(table, pack, length);
    return (int) pack;
  }

  static void setLength(SpillTable table, long pack, long length) throws IOException {
    table.put64(pack, LENGTH, length);
  }

  static long length(Records records, long pack) throws IOException {
    return records.i64(pack, LENGTH);
  }

  int count() {
    return (int) table.count();
  }

  PackId id(int pack) throws CorruptException {
    return new PackId(table.i64(pack, ID), table.i64(pack, ID + Long.BYTES));
  }

  long length(int pack) throws CorruptException {
    long length = table.i64(pack, LENGTH);
    if (length <= 0 || length > Limits.MAX_PACK) {
      throw table.lie(
          pack,
          LENGTH,
          "a pack of " + Long.toUnsignedString(length) + " bytes, the limit is " + Limits.MAX_PACK);
    }
    return length;
  }

  CorruptException repeated(int pack) throws CorruptException {
    return table.lie(pack, ID, "pack " + id(pack) + " is listed twice");
  }
}
