package io.snapfs.format.manifest;

import io.snapfs.format.Limits;
import io.snapfs.format.SnapfsException;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/** Collects nodes and directory entries, and sees that they form a tree. */
final class TreeWriter {
  private final SpillTable nodes;
  private final SpillTable entries;
  private final SpillFile bytes;

  /** Entries that belong to a directory already. */
  private final BitSet claimed = new BitSet();

  TreeWriter(Spills spills) {
    this.nodes = spills.table(SectionType.NODES);
    this.entries = spills.table(SectionType.DIRENTS);
    this.bytes = spills.bytes(SectionType.BYTES);
  }

  int addNode(NodeAttributes a) throws IOException {
    require(
        nodes.count() > 0 || FileType.ofMode(a.mode()) == FileType.DIRECTORY,
        "node 0 must be the root directory");
    long target = a.symlinkTarget() == null ? 0 : bytes.append(a.symlinkTarget());
    return NodeTable.append(nodes, a, target);
  }

  void setSize(int node, long size) throws IOException {
    require(
        type(node) == FileType.REGULAR && size >= 0,
        "node " + node + " can't have the size " + size);
    NodeTable.setSize(nodes, node, size);
  }

  long addEntry(byte[] name, int type, int node) throws IOException {
    String problem = Names.problem(name);
    require(problem == null, problem);
    require(type == type(node), "node " + node + " is not of type " + type);
    return EntryTable.append(entries, bytes.append(name), name.length, type, node);
  }

  /** Says which entries a directory has, and with it of whom it is the parent. */
  void setDirectory(int node, long first, int count) throws IOException {
    require(type(node) == FileType.DIRECTORY, "node " + node + " is not a directory");
    require(
        first >= 0 && count >= 0 && first <= entries.count() - count,
        count + " entries from " + first + ", there are " + entries.count());
    NodeTable.setContent(nodes, node, first, count);
    byte[] before = new byte[0];
    for (long entry = first; entry < first + count; entry++) {
      byte[] name = name(entry);
      require(
          Arrays.compareUnsigned(before, name) < 0,
          "entries are not sorted at '" + Names.display(name) + "'");
      require(!claimed.get((int) entry), "entry " + entry + " belongs to another directory");
      claimed.set((int) entry);
      link(node, entry);
      before = name;
    }
  }

  private byte[] name(long entry) throws IOException {
    byte[] name = new byte[EntryTable.nameLength(entries, entry)];
    bytes.get(EntryTable.nameOffset(entries, entry), name);
    return name;
  }

  private void link(int directory, long entry) throws IOException {
    int child = EntryTable.node(entries, entry);
    boolean unnamed = child != 0 && NodeTable.entry(nodes, child) == NodeTable.NO_ENTRY;
    if (EntryTable.type(entries, entry) == FileType.DIRECTORY) {
      require(unnamed, "directory " + child + " has a second name");
      require(child > directory, "directory " + child + " comes before its parent " + directory);
      NodeTable.addLink(nodes, directory);
    } else {
      NodeTable.addLink(nodes, child);
    }
    if (unnamed) {
      NodeTable.setParent(nodes, child, directory, entry);
    }
  }

  private int type(int node) throws IOException {
    require(node >= 0 && node < nodes.count(), "there is no node " + node);
    return NodeTable.type(nodes, node);
  }

  /** Checks that every node has a name and every entry a directory, and no path is too long. */
  void finish() throws IOException {
    require(nodes.count() > 0, "there is no root");
    require(claimed.cardinality() == entries.count(), "there are entries outside of any directory");
    char[] depth = new char[(int) nodes.count()];
    for (int node = 1; node < nodes.count(); node++) {
      require(NodeTable.entry(nodes, node) != NodeTable.NO_ENTRY, "node " + node + " has no name");
      if (NodeTable.type(nodes, node) == FileType.DIRECTORY) {
        depth[node] = (char) (depth[NodeTable.parent(nodes, node)] + 1);
        if (depth[node] >= Limits.MAX_DEPTH) {
          throw new SnapfsException(
              "directories are nested more than " + Limits.MAX_DEPTH + " deep; snapfs stops there");
        }
      }
    }
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
