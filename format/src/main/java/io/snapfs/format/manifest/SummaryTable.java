package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import java.io.IOException;

/**
 * Section SUMMARY: one record of totals.
 *
 * <pre>
 * 0         8         16     24      32       40      48      56
 * +---------+---------+------+-------+--------+-------+-------+
 * | created | logical | hole | plain | stored | added | files |
 * +---------+---------+------+-------+--------+-------+-------+
 * 56      64         68    72     76    80         128
 * +-------+----------+-----+------+-----+----------+
 * | nodes | chunking | min | mean | max | reserved |
 * +-------+----------+-----+------+-----+----------+
 * </pre>
 */
final class SummaryTable {
  private static final int CREATED = 0;
  private static final int LOGICAL = 8;
  private static final int HOLE = 16;
  private static final int PLAIN = 24;
  private static final int STORED = 32;
  private static final int ADDED = 40;
  private static final int FILES = 48;
  private static final int NODES = 56;
  private static final int CHUNKING = 64;
  private static final int MIN = 68;
  private static final int MEAN = 72;
  private static final int MAX = 76;

  private final SectionTable table;
  private final Summary summary;

  SummaryTable(SectionTable table) throws CorruptException {
    this.table = table;
    if (table.count() != 1) {
      throw new CorruptException(table.resource(), -1, table.count() + " summaries, expected 1");
    }
    summary =
        new Summary(
            table.i64(0, CREATED),
            amount(LOGICAL),
            amount(HOLE),
            amount(PLAIN),
            amount(STORED),
            amount(ADDED),
            amount(FILES),
            amount(NODES),
            table.i32(0, CHUNKING),
            table.i32(0, MIN),
            table.i32(0, MEAN),
            table.i32(0, MAX));
  }

  private long amount(int field) throws CorruptException {
    long amount = table.i64(0, field);
    if (amount < 0) {
      throw table.lie(0, field, "the amount " + Long.toUnsignedString(amount));
    }
    return amount;
  }

  static void append(SpillTable table, Summary s) throws IOException {
    long record = table.append();
    table.put64(record, CREATED, s.createdMillis());
    table.put64(record, LOGICAL, s.logicalBytes());
    table.put64(record, HOLE, s.holeBytes());
    table.put64(record, PLAIN, s.plainBytes());
    table.put64(record, STORED, s.storedBytes());
    table.put64(record, ADDED, s.addedBytes());
    table.put64(record, FILES, s.regularFiles());
    table.put64(record, NODES, s.nodes());
    table.put32(record, CHUNKING, s.chunkingKind());
    table.put32(record, MIN, s.chunkMin());
    table.put32(record, MEAN, s.chunkMean());
    table.put32(record, MAX, s.chunkMax());
  }

  Summary summary() {
    return summary;
  }

  /** Compares with what was counted. */
  void check(Summary counted) throws CorruptException {
    if (!summary.equals(counted)) {
      throw table.lie(0, LOGICAL, "it says " + summary + ", counted were " + counted);
    }
  }
}
