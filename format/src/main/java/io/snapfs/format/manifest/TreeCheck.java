package io.snapfs.format.manifest;

import io.snapfs.format.Limits;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Checks that the directories form a tree that holds every node: entries are sorted and each
 * belongs to one directory, every node is named, by its parent, and as often as its link count
 * says. Since a directory has a higher index than its parent, and each is named by its parent,
 * everything can be reached from the root.
 *
 * <p>Needs six bytes per node.
 */
final class TreeCheck {
  private final Manifest manifest;
  private final Findings findings;
  private final BitSet claimed = new BitSet();
  private final int[] links;
  private final char[] depth;

  TreeCheck(Manifest manifest, Findings findings) {
    this.manifest = manifest;
    this.findings = findings;
    this.links = new int[manifest.nodeCount()];
    this.depth = new char[manifest.nodeCount()];
  }

  void run() throws IOException {
    for (int i = 0; i < manifest.nodeCount() && !findings.isFull(); i++) {
      int index = i;
      findings.in(
          () -> {
            Node node = manifest.node(index);
            if (index != 0) {
              checkPlace(node);
            }
            if (node.isDirectory()) {
              checkDirectory(node);
            }
          });
    }
    if (findings.isEmpty()) {
      checkLinks();
      findings.in(this::checkClaimed);
    }
  }

  private void checkPlace(Node node) throws IOException {
    Node parent = manifest.parentOf(node);
    if (node.isDirectory()) {
      depth[node.index()] = (char) (depth[parent.index()] + 1);
      if (depth[node.index()] >= Limits.MAX_DEPTH) {
        throw manifest
            .nodes()
            .wrongParent(node, "directories are nested more than " + Limits.MAX_DEPTH + " deep");
      }
    }
  }

  private void checkDirectory(Node directory) throws IOException {
    byte[] before = new byte[0];
    links[directory.index()] += 2;
    for (long i = directory.first(); i < directory.first() + directory.count(); i++) {
      if (claimed.get((int) i)) {
        throw manifest.entries().wrongName(i, "an entry of two directories");
      }
      claimed.set((int) i);
      DirectoryEntry entry = manifest.entry(directory, i);
      if (Arrays.compareUnsigned(before, entry.name()) >= 0) {
        throw manifest
            .entries()
            .wrongName(
                i,
                "'"
                    + Names.display(entry.name())
                    + "' follows '"
                    + Names.display(before)
                    + "', names must be sorted and unique");
      }
      before = entry.name();
      links[entry.type() == FileType.DIRECTORY ? directory.index() : entry.node()]++;
    }
  }

  private void checkLinks() throws IOException {
    for (int i = 0; i < links.length && !findings.isFull(); i++) {
      int index = i;
      findings.in(
          () -> {
            Node node = manifest.node(index);
            if (node.linkCount() != links[index]) {
              throw manifest.nodes().wrongLinkCount(node, links[index]);
            }
          });
    }
  }

  private void checkClaimed() throws IOException {
    int entry = claimed.nextClearBit(0);
    if (entry < manifest.entries().count()) {
      throw manifest.entries().wrongName(entry, "an entry of no directory");
    }
  }
}
