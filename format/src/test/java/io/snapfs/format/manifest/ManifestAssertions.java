package io.snapfs.format.manifest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Compares a manifest with the tree that it was written from, through every accessor. */
final class ManifestAssertions {
  private ManifestAssertions() {}

  static Manifest open(byte[] bytes) throws IOException {
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    return Manifest.open(direct.asReadOnlyBuffer(), "test.manifest");
  }

  /** What checkAll finds. */
  static List<CorruptException> problems(Manifest manifest) throws IOException {
    List<CorruptException> problems = new ArrayList<>();
    manifest.checkAll(problems::add);
    return problems;
  }

  static void assertSame(SampleTree tree, Manifest manifest) throws IOException {
    assertSameContent(tree, manifest);
    assertSamePlaces(tree, manifest);
  }

  /** Everything but the places of chunks. */
  static void assertSameContent(SampleTree tree, Manifest manifest) throws IOException {
    List<SampleTree.Item> items = tree.inOrder();
    assertEquals(items.size(), manifest.nodeCount());
    for (SampleTree.Item item : items) {
      assertSameNode(item, manifest);
    }
    assertEquals(tree.labels, manifest.labels());
    assertEquals(tree.provenance, manifest.provenance());
    assertEquals(tree.chunks.size(), manifest.chunkCount());
    for (int i = 0; i < tree.chunks.size(); i++) {
      assertEquals(tree.chunks.get(i).id(), manifest.chunkId(i));
    }
    assertEquals(77, manifest.summary().addedBytes());
    assertEquals(items.size(), manifest.summary().nodes());
  }

  private static void assertSamePlaces(SampleTree tree, Manifest manifest) throws IOException {
    for (int i = 0; i < tree.chunks.size(); i++) {
      SampleTree.Chunk chunk = tree.chunks.get(i);
      assertEquals(chunk.location(), manifest.chunkLocation(i));
      assertEquals(chunk.pack(), manifest.chunkPack(i));
    }
    assertEquals(tree.packs.size(), manifest.packCount());
    for (int i = 0; i < tree.packs.size(); i++) {
      assertEquals(tree.packs.get(i), manifest.packId(i));
      assertEquals(tree.packLengths.get(i), manifest.packLength(i));
    }
  }

  private static void assertSameNode(SampleTree.Item item, Manifest manifest) throws IOException {
    Node node = manifest.node(item.node);
    NodeAttributes a = item.attributes;
    assertEquals(
        new NodeAttributes(
            a.mode(),
            a.uid(),
            a.gid(),
            a.size(),
            a.mtimeSeconds(),
            a.mtimeNanos(),
            a.deviceMajor(),
            a.deviceMinor(),
            a.part(),
            a.symlinkTarget()),
        new NodeAttributes(
            node.mode(),
            node.uid(),
            node.gid(),
            node.size(),
            node.mtimeSeconds(),
            node.mtimeNanos(),
            node.deviceMajor(),
            node.deviceMinor(),
            node.part(),
            a.symlinkTarget()));
    assertEquals(item.links, node.linkCount());
    assertSameXattrs(item, manifest, node);
    switch (node.type()) {
      case FileType.DIRECTORY -> assertSameEntries(item, manifest, node);
      case FileType.REGULAR -> assertSameExtents(item, manifest, node);
      case FileType.SYMLINK -> assertArrayEquals(a.symlinkTarget(), manifest.symlinkTarget(node));
      default -> assertEquals(0, node.count());
    }
  }

  private static void assertSameXattrs(SampleTree.Item item, Manifest manifest, Node node)
      throws IOException {
    List<Xattr> expected = new ArrayList<>(item.xattrs);
    expected.sort((a, b) -> Arrays.compareUnsigned(a.name(), b.name()));
    assertEquals(expected, manifest.xattrs(node));
    for (Xattr xattr : expected) {
      assertArrayEquals(xattr.value(), manifest.xattr(node, xattr.name()));
    }
    assertNull(manifest.xattr(node, SampleTree.ascii("user.none")));
  }

  private static void assertSameEntries(SampleTree.Item item, Manifest manifest, Node directory)
      throws IOException {
    assertEquals(item.children.size(), directory.count());
    long index = directory.first();
    for (Map.Entry<byte[], SampleTree.Item> child : item.children.entrySet()) {
      DirectoryEntry expected =
          new DirectoryEntry(child.getKey(), child.getValue().type, child.getValue().node);
      assertEquals(expected, manifest.entry(index));
      assertEquals(expected, manifest.entry(directory, index));
      assertEquals(child.getValue().node, manifest.lookup(directory, child.getKey()));
      byte[] path = manifest.path(child.getValue().node);
      if (child.getValue().links == 1 || child.getValue().type == FileType.DIRECTORY) {
        byte[] name = child.getKey();
        assertArrayEquals(name, Arrays.copyOfRange(path, path.length - name.length, path.length));
      }
      assertEquals(child.getValue().node, resolve(manifest, path));
      index++;
    }
    assertEquals(-1, manifest.lookup(directory, SampleTree.ascii("no such name")));
    assertEquals(-1, manifest.lookup(directory, new byte[0]));
    assertEquals(-1, manifest.lookup(directory, new byte[300]));
  }

  /** Follows a path from the root. */
  static int resolve(Manifest manifest, byte[] path) throws IOException {
    int node = 0;
    for (int from = 0; from < path.length; ) {
      int to = from;
      while (to < path.length && path[to] != '/') {
        to++;
      }
      node = manifest.lookup(manifest.node(node), Arrays.copyOfRange(path, from, to));
      assertTrue(node > 0, () -> "cannot resolve " + Manifest.display(path));
      from = to + 1;
    }
    return node;
  }

  private static void assertSameExtents(SampleTree.Item item, Manifest manifest, Node file)
      throws IOException {
    assertEquals(item.runs.size(), file.count());
    long extent = file.first();
    long at = 0;
    for (SampleTree.Run run : item.runs) {
      assertEquals(at, manifest.extentStart(extent));
      assertEquals(at + run.length(), manifest.extentEnd(file, extent));
      assertEquals(run.chunk(), manifest.extentChunk(extent));
      assertEquals(extent, manifest.findExtent(file, at));
      assertEquals(extent, manifest.findExtent(file, at + run.length() - 1));
      at += run.length();
      extent++;
    }
    assertEquals(file.size(), at);
  }
}
