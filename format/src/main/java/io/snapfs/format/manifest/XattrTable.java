package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Section XATTRS: the extended attributes of a node side by side, sorted by name. Nodes with equal
 * lists may share one.
 *
 * <pre>
 * 0             4             8              12             16
 * +-------------+-------------+--------------+--------------+
 * | name offset | name length | value offset | value length |
 * +-------------+-------------+--------------+--------------+
 * </pre>
 */
final class XattrTable {
  private static final int NAME_OFFSET = 0;
  private static final int NAME_LENGTH = 4;
  private static final int VALUE_OFFSET = 8;
  private static final int VALUE_LENGTH = 12;

  private final SectionTable table;
  private final ByteRange bytes;

  XattrTable(SectionTable table, ByteRange bytes) {
    this.table = table;
    this.bytes = bytes;
  }

  static void append(
      SpillTable table, long nameOffset, int nameLength, long valueOffset, int valueLength)
      throws IOException {
    long xattr = table.append();
    table.put32(xattr, NAME_OFFSET, (int) nameOffset);
    table.put32(xattr, NAME_LENGTH, nameLength);
    table.put32(xattr, VALUE_OFFSET, (int) valueOffset);
    table.put32(xattr, VALUE_LENGTH, valueLength);
  }

  long count() {
    return table.count();
  }

  byte[] name(long xattr) throws CorruptException {
    int length = range(xattr, NAME_OFFSET, NAME_LENGTH, 1, Limits.MAX_XATTR_NAME);
    byte[] name = bytes.get(table.u32(xattr, NAME_OFFSET), length);
    if (Names.hasNul(name)) {
      throw table.lie(xattr, NAME_OFFSET, "the xattr name '" + Names.display(name) + "' with NUL");
    }
    return name;
  }

  byte[] value(long xattr) throws CorruptException {
    int length = valueLength(xattr);
    return bytes.get(table.u32(xattr, VALUE_OFFSET), length);
  }

  /** Checks where the value lies, without copying it. */
  void checkValue(long xattr) throws CorruptException {
    valueLength(xattr);
  }

  private int valueLength(long xattr) throws CorruptException {
    return range(xattr, VALUE_OFFSET, VALUE_LENGTH, 0, Limits.MAX_XATTR_VALUE);
  }

  private int range(long xattr, int offsetField, int lengthField, int least, int most)
      throws CorruptException {
    long length = table.u32(xattr, lengthField);
    if (length < least || length > most) {
      throw table.lie(
          xattr, lengthField, "a length of " + length + ", expected " + least + " to " + most);
    }
    bytes.check(table, xattr, offsetField, table.u32(xattr, offsetField), length);
    return (int) length;
  }

  /** All of a node's xattrs. */
  List<Xattr> list(Node node) throws CorruptException {
    checkTotal(node.firstXattr(), node.xattrCount());
    List<Xattr> list = new ArrayList<>(node.xattrCount());
    for (int i = 0; i < node.xattrCount(); i++) {
      long xattr = (long) node.firstXattr() + i;
      list.add(new Xattr(name(xattr), value(xattr)));
    }
    return list;
  }

  /** Values may be shared, so a small manifest could otherwise ask for much memory. */
  void checkTotal(long first, int count) throws CorruptException {
    long total = 0;
    for (long xattr = first; xattr < first + count; xattr++) {
      total += valueLength(xattr);
      if (total > Limits.MAX_XATTR_TOTAL) {
        throw table.lie(
            xattr,
            VALUE_LENGTH,
            "the values of one node's xattrs exceed " + Limits.MAX_XATTR_TOTAL + " bytes");
      }
    }
  }

  /** Value of a node's xattr of that name, or null. */
  byte[] find(Node node, byte[] name) throws CorruptException {
    long low = node.firstXattr();
    long high = low + node.xattrCount() - 1;
    while (low <= high) {
      long middle = (low + high) >>> 1;
      int order = Arrays.compareUnsigned(name(middle), name);
      if (order == 0) {
        return value(middle);
      } else if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }
}
