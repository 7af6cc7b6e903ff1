package io.snapfs.fusefs.tree;

import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.fusefs.view.InodeAttributes;
import java.io.IOException;

/** From nodes of a manifest to inodes. */
final class NodeAttributes {
  private NodeAttributes() {}

  static InodeAttributes of(Manifest manifest, Node node, long ino) throws IOException {
    return new InodeAttributes(
        ino,
        node.mode(),
        node.linkCount(),
        node.uid(),
        node.gid(),
        node.deviceMajor(),
        node.deviceMinor(),
        node.size(),
        node.isRegular() ? blocks(manifest, node) : 0,
        node.mtimeSeconds(),
        node.mtimeNanos());
  }

  /**
   * What is not a hole, so that du(1), and cp(1) with --sparse, see a sparse file as one. Asks each
   * extent for its chunk only, and holes for their length, of which there are few: with a million
   * chunks this is half of the first lookup. The kernel asks once for each inode that it keeps.
   */
  private static long blocks(Manifest manifest, Node regular) throws IOException {
    long holes = 0;
    long end = regular.first() + regular.count();
    for (long extent = regular.first(); extent < end; extent++) {
      if (manifest.extentChunk(extent) < 0) {
        holes += manifest.extentEnd(regular, extent) - manifest.extentStart(extent);
      }
    }
    long data = Math.max(0, regular.size() - holes);
    return (data + InodeAttributes.BLOCK_UNIT - 1) / InodeAttributes.BLOCK_UNIT;
  }
}
