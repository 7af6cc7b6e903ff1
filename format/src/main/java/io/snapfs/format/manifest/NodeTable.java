package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import java.io.IOException;
import java.util.Objects;

/**
 * Section NODES: one record per file, directory or other node. Node 0 is the root, a directory has
 * a higher index than its parent.
 *
 * <pre>
 * 0      4     8     12      16     24            32         36      40      44     48
 * +------+-----+-----+-------+------+-------------+----------+-------+-------+------+
 * | mode | uid | gid | links | size | mtime secs  | nanos    | major | minor | part |
 * +------+-----+-----+-------+------+-------------+----------+-------+-------+------+
 * 48              56      60            64            68       72      80         96
 * +---------------+-------+-------------+-------------+--------+-------+----------+
 * | first         | count | first xattr | xattr count | parent | entry | reserved |
 * +---------------+-------+-------------+-------------+--------+-------+----------+
 * </pre>
 */
final class NodeTable {
  static final int NANOS = 1_000_000_000;

  /** The root's entry: no directory names it. */
  static final long NO_ENTRY = -1;

  private static final int MODE = 0;
  private static final int UID = 4;
  private static final int GID = 8;
  private static final int LINK_COUNT = 12;
  private static final int SIZE = 16;
  private static final int MTIME_SECONDS = 24;
  private static final int MTIME_NANOS = 32;
  private static final int DEVICE_MAJOR = 36;
  private static final int DEVICE_MINOR = 40;
  private static final int PART = 44;
  private static final int FIRST = 48;
  private static final int COUNT = 56;
  private static final int FIRST_XATTR = 60;
  private static final int XATTR_COUNT = 64;
  private static final int PARENT = 68;
  private static final int ENTRY = 72;

  /** How many records the other sections have, for checking what nodes say of them. */
  record Bounds(long entries, long extents, long xattrs, long parts) {}

  private final SectionTable table;
  private final ByteRange bytes;
  private final Bounds bounds;

  NodeTable(SectionTable table, ByteRange bytes, Bounds bounds) {
    this.table = table;
    this.bytes = bytes;
    this.bounds = bounds;
  }

  static int append(SpillTable table, NodeAttributes a, long targetOffset) throws IOException {
    long node = table.append();
    int type = FileType.ofMode(a.mode());
    table.put32(node, MODE, a.mode());
    table.put32(node, UID, a.uid());
    table.put32(node, GID, a.gid());
    table.put32(node, LINK_COUNT, type == FileType.DIRECTORY ? 2 : 0);
    table.put64(node, MTIME_SECONDS, a.mtimeSeconds());
    table.put32(node, MTIME_NANOS, a.mtimeNanos());
    table.put32(node, DEVICE_MAJOR, a.deviceMajor());
    table.put32(node, DEVICE_MINOR, a.deviceMinor());
    table.put32(node, PART, a.part());
    table.put64(node, ENTRY, NO_ENTRY);
    if (type == FileType.REGULAR) {
      table.put64(node, SIZE, a.size());
    } else if (type == FileType.SYMLINK) {
      table.put64(node, SIZE, a.symlinkTarget().length);
      setContent(table, node, targetOffset, a.symlinkTarget().length);
    }
    return (int) node;
  }

  static void setContent(SpillTable table, long node, long first, int count) throws IOException {
    table.put64(node, FIRST, first);
    table.put32(node, COUNT, count);
  }

  static void setSize(SpillTable table, long node, long size) throws IOException {
    table.put64(node, SIZE, size);
  }

  static void setXattrs(SpillTable table, long node, long first, int count) throws IOException {
    table.put32(node, FIRST_XATTR, (int) first);
    table.put32(node, XATTR_COUNT, count);
  }

  static void setParent(SpillTable table, long node, int parent, long entry) throws IOException {
    table.put32(node, PARENT, parent);
    table.put64(node, ENTRY, entry);
  }

  static void addLink(SpillTable table, long node) throws IOException {
    table.put32(node, LINK_COUNT, table.i32(node, LINK_COUNT) + 1);
  }

  static int type(Records records, long node) throws IOException {
    return FileType.ofMode(records.i32(node, MODE));
  }

  static int linkCount(Records records, long node) throws IOException {
    return records.i32(node, LINK_COUNT);
  }

  static long size(Records records, long node) throws IOException {
    return records.i64(node, SIZE);
  }

  static int count(Records records, long node) throws IOException {
    return records.i32(node, COUNT);
  }

  static int part(Records records, long node) throws IOException {
    return records.i32(node, PART);
  }

  static int parent(Records records, long node) throws IOException {
    return records.i32(node, PARENT);
  }

  static long entry(Records records, long node) throws IOException {
    return records.i64(node, ENTRY);
  }

  int count() {
    return (int) table.count();
  }

  /** Type bits of a node's mode, whatever they are. */
  int type(int node) throws IOException {
    return type(table, node);
  }

  /**
   * Copies a record, having checked all that it says by itself and of other sections' bounds.
   *
   * @throws IndexOutOfBoundsException if there is no such node
   */
  Node get(int index) throws CorruptException {
    Objects.checkIndex(index, count());
    Node node =
        new Node(
            index,
            table.i32(index, MODE),
            table.i32(index, UID),
            table.i32(index, GID),
            table.i32(index, LINK_COUNT),
            table.i64(index, SIZE),
            table.i64(index, MTIME_SECONDS),
            table.i32(index, MTIME_NANOS),
            table.i32(index, DEVICE_MAJOR),
            table.i32(index, DEVICE_MINOR),
            table.i32(index, PART),
            table.i64(index, FIRST),
            table.i32(index, COUNT),
            table.i32(index, FIRST_XATTR),
            table.i32(index, XATTR_COUNT),
            table.i32(index, PARENT),
            table.i64(index, ENTRY));
    checkAttributes(node);
    checkParent(node);
    checkContent(node);
    checkRange(node, FIRST_XATTR, node.firstXattr(), node.xattrCount(), bounds.xattrs, "xattrs");
    if (node.xattrCount() > Limits.MAX_XATTRS) {
      throw lie(
          node, XATTR_COUNT, node.xattrCount() + " xattrs, the limit is " + Limits.MAX_XATTRS);
    }
    return node;
  }

  private void checkAttributes(Node n) throws CorruptException {
    if (!FileType.isKnownMode(n.mode())) {
      throw lie(n, MODE, String.format("mode 0%o has no known file type", n.mode()));
    }
    if (n.linkCount() <= 0) {
      throw lie(n, LINK_COUNT, Integer.toUnsignedString(n.linkCount()) + " links");
    }
    if (n.size() < 0) {
      throw lie(n, SIZE, "a size of " + Long.toUnsignedString(n.size()) + " bytes");
    }
    if (n.mtimeNanos() < 0 || n.mtimeNanos() >= NANOS) {
      throw lie(n, MTIME_NANOS, Integer.toUnsignedString(n.mtimeNanos()) + " nanoseconds");
    }
    if (n.part() < 0 || n.part() >= bounds.parts) {
      throw lie(
          n, PART, "part " + Integer.toUnsignedString(n.part()) + ", there are " + bounds.parts);
    }
  }

  private void checkContent(Node n) throws CorruptException {
    switch (n.type()) {
      case FileType.DIRECTORY -> {
        checkSize(n, 0);
        checkRange(n, FIRST, n.first(), n.count(), bounds.entries, "entries");
      }
      case FileType.REGULAR -> {
        checkRange(n, FIRST, n.first(), n.count(), bounds.extents, "extents");
        if ((n.size() == 0) != (n.count() == 0)) {
          throw lie(n, COUNT, n.count() + " extents for a size of " + n.size());
        }
      }
      case FileType.SYMLINK -> {
        if (n.count() <= 0 || n.count() > Limits.MAX_SYMLINK) {
          throw lie(
              n,
              COUNT,
              "a target of "
                  + Integer.toUnsignedString(n.count())
                  + " bytes, expected 1 to "
                  + Limits.MAX_SYMLINK);
        }
        checkSize(n, n.count());
        bytes.check(table, n.index(), FIRST, n.first(), n.count());
      }
      default -> {
        checkSize(n, 0);
        if (n.first() != 0 || n.count() != 0) {
          throw lie(n, FIRST, "content for a file of type " + n.type());
        }
      }
    }
  }

  private void checkSize(Node n, long expected) throws CorruptException {
    if (n.size() != expected) {
      throw lie(n, SIZE, "a size of " + n.size() + ", expected " + expected);
    }
  }

  private void checkRange(Node n, int field, long first, int count, long bound, String what)
      throws CorruptException {
    if (first < 0 || count < 0 || count > bound || first > bound - count) {
      throw lie(
          n,
          field,
          Integer.toUnsignedString(count)
              + " "
              + what
              + " from "
              + Long.toUnsignedString(first)
              + ", there are "
              + bound);
    }
  }

  private void checkParent(Node n) throws CorruptException {
    if (n.index() == 0) {
      if (!n.isDirectory() || n.parent() != 0 || n.entry() != NO_ENTRY) {
        throw lie(n, PARENT, "node 0 is not the root directory");
      }
      return;
    }
    // Parents before their subdirectories: so there can be no cycle.
    int limit = n.isDirectory() ? n.index() : count();
    if (n.parent() < 0 || n.parent() >= limit) {
      throw lie(
          n,
          PARENT,
          "parent " + Integer.toUnsignedString(n.parent()) + ", expected one below " + limit);
    }
    if (n.entry() < 0 || n.entry() >= bounds.entries) {
      throw lie(
          n, ENTRY, "entry " + Long.toUnsignedString(n.entry()) + ", there are " + bounds.entries);
    }
  }

  private CorruptException lie(Node n, int field, String problem) {
    return table.lie(n.index(), field, "node " + n.index() + ": " + problem);
  }

  CorruptException wrongLinkCount(Node n, long expected) {
    return lie(n, LINK_COUNT, n.linkCount() + " links, expected " + expected);
  }

  CorruptException wrongParent(Node n, String problem) {
    return lie(n, PARENT, problem);
  }

  CorruptException wrongContent(Node n, String problem) {
    return lie(n, FIRST, problem);
  }

  CorruptException wrongXattrs(Node n, String problem) {
    return lie(n, FIRST_XATTR, problem);
  }

  /** A symlink's target. */
  byte[] target(Node n) throws CorruptException {
    byte[] target = bytes.get(n.first(), n.count());
    if (Names.hasNul(target)) {
      throw lie(n, FIRST, "a symlink target with NUL");
    }
    return target;
  }
}
