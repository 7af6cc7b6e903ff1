package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import java.io.IOException;

/**
 * Section DIRENTS: the entries of each directory side by side, sorted by name.
 *
 * <pre>
 * 0             4             6      7          8      12         16
 * +-------------+-------------+------+----------+------+----------+
 * | name offset | name length | type | reserved | node | reserved |
 * +-------------+-------------+------+----------+------+----------+
 * </pre>
 */
final class EntryTable {
  private static final int NAME_OFFSET = 0;
  private static final int NAME_LENGTH = 4;
  private static final int TYPE = 6;
  private static final int NODE = 8;

  private final SectionTable table;
  private final ByteRange bytes;
  private final long nodes;

  EntryTable(SectionTable table, ByteRange bytes, long nodes) {
    this.table = table;
    this.bytes = bytes;
    this.nodes = nodes;
  }

  static long append(SpillTable table, long nameOffset, int nameLength, int type, int node)
      throws IOException {
    long entry = table.append();
    table.put32(entry, NAME_OFFSET, (int) nameOffset);
    table.put16(entry, NAME_LENGTH, nameLength);
    table.put8(entry, TYPE, type);
    table.put32(entry, NODE, node);
    return entry;
  }

  static int node(Records records, long entry) throws IOException {
    return records.i32(entry, NODE);
  }

  static int type(Records records, long entry) throws IOException {
    return records.u8(entry, TYPE);
  }

  static long nameOffset(Records records, long entry) throws IOException {
    return records.u32(entry, NAME_OFFSET);
  }

  static int nameLength(Records records, long entry) throws IOException {
    return records.u16(entry, NAME_LENGTH);
  }

  long count() {
    return table.count();
  }

  /** Index of the node that the entry names. */
  int node(long entry) throws CorruptException {
    long node = table.u32(entry, NODE);
    if (node >= nodes) {
      throw table.lie(entry, NODE, "entry of node " + node + ", there are " + nodes);
    }
    return (int) node;
  }

  int type(long entry) throws CorruptException {
    return table.u8(entry, TYPE);
  }

  /** The name, which keeps the rules for names. */
  byte[] name(long entry) throws CorruptException {
    int length = checkName(entry);
    byte[] name = bytes.get(table.u32(entry, NAME_OFFSET), length);
    String problem = Names.problem(name);
    if (problem != null) {
      throw table.lie(entry, NAME_OFFSET, problem);
    }
    return name;
  }

  /** Compares the name, unsigned bytewise, without copying it. */
  int compareName(long entry, byte[] other) throws CorruptException {
    int length = checkName(entry);
    return bytes.compare(table.u32(entry, NAME_OFFSET), length, other);
  }

  private int checkName(long entry) throws CorruptException {
    int length = table.u16(entry, NAME_LENGTH);
    if (length == 0 || length > Limits.MAX_NAME) {
      throw table.lie(
          entry, NAME_LENGTH, "a name of " + length + " bytes, expected 1 to " + Limits.MAX_NAME);
    }
    bytes.check(table, entry, NAME_OFFSET, table.u32(entry, NAME_OFFSET), length);
    return length;
  }

  CorruptException wrongType(long entry, int expected) throws CorruptException {
    return table.lie(
        entry, TYPE, "entry of type " + type(entry) + ", its node is of type " + expected);
  }

  CorruptException wrongNode(long entry, String problem) {
    return table.lie(entry, NODE, problem);
  }

  CorruptException wrongName(long entry, String problem) {
    return table.lie(entry, NAME_OFFSET, problem);
  }
}
