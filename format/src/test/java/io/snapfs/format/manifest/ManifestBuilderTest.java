package io.snapfs.format.manifest;

import static io.snapfs.format.manifest.SampleTree.ascii;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ChunkLocation;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import io.snapfs.format.SnapfsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ManifestBuilderTest {
  private static final NodeAttributes DIRECTORY =
      SampleTree.attributes(FileType.mode(FileType.DIRECTORY, 0755), 0, null);

  @TempDir Path scratch;
  private ManifestBuilder builder;
  private int root;

  @BeforeEach
  void open() throws IOException {
    builder = new ManifestBuilder(scratch);
    root = builder.addNode(DIRECTORY);
  }

  @AfterEach
  void close() throws IOException {
    builder.close();
  }

  private static NodeAttributes file(long size) {
    return SampleTree.attributes(FileType.mode(FileType.REGULAR, 0644), size, null);
  }

  private static void refused(String message, Executable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private Manifest write() throws IOException {
    MemoryBlob blob = new MemoryBlob();
    byte[] id = builder.writeTo(blob);
    Manifest manifest = ManifestAssertions.open(blob.toBytes());
    assertArrayEquals(id, manifest.contentId());
    assertEquals(List.of(), ManifestAssertions.problems(manifest));
    return manifest;
  }

  @Test
  void partsCountTheirFiles() throws IOException {
    int part = builder.addPart(PartType.CRIU_IMAGES, ascii("criu/7"));
    int node =
        builder.addNode(
            new NodeAttributes(FileType.mode(8, 0600), 1, 1, 9, 0, 0, 0, 0, part, null));
    builder.setExtents(node, builder.addExtent(0, -1), 1);
    builder.setDirectory(root, builder.addEntry(ascii("a"), FileType.REGULAR, node), 1);
    assertEquals(
        List.of(
            new Part(PartType.OTHER, new byte[0], 0, 0),
            new Part(PartType.CRIU_IMAGES, ascii("criu/7"), 1, 9)),
        write().parts());
  }

  @Test
  void aSizeMayBeCorrected() throws IOException {
    int node = builder.addNode(file(5));
    builder.setSize(node, 0);
    builder.setDirectory(root, builder.addEntry(ascii("a"), FileType.REGULAR, node), 1);
    assertEquals(0, write().node(node).size());
  }

  @Test
  void equalXattrsShareSpace() throws IOException {
    Xattr a = new Xattr(ascii("user.a"), ascii("1"));
    Xattr b = new Xattr(ascii("user.b"), new byte[Limits.MAX_XATTR_VALUE]);
    builder.setXattrs(root, List.of(a, b));
    int node = builder.addNode(file(0));
    builder.setXattrs(node, List.of(b, a));
    builder.setDirectory(root, builder.addEntry(ascii("a"), FileType.REGULAR, node), 1);
    Manifest manifest = write();
    assertEquals(List.of(a, b), manifest.xattrs(manifest.node(node)));
    assertEquals(manifest.node(0).firstXattr(), manifest.node(node).firstXattr());
  }

  @Test
  void refusesTooManyXattrs() {
    Xattr big = new Xattr(ascii("user.big"), new byte[Limits.MAX_XATTR_VALUE]);
    refused("two xattrs", () -> builder.setXattrs(root, List.of(big, big)));
    List<Xattr> many = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      many.add(new Xattr(ascii("user." + i), big.value()));
    }
    assertThrows(SnapfsException.class, () -> builder.setXattrs(root, many));
    refused("bad xattr name", () -> new Xattr(new byte[0], new byte[0]));
    refused("bad xattr name", () -> new Xattr(new byte[256], new byte[0]));
    refused("65537 bytes", () -> new Xattr(ascii("user.x"), new byte[65537]));
  }

  @Test
  void refusesWrongTrees() throws IOException {
    int a = builder.addNode(DIRECTORY);
    int b = builder.addNode(DIRECTORY);
    refused("a slash", () -> builder.addEntry(ascii("a/b"), 4, a));
    refused("the name '..'", () -> builder.addEntry(ascii(".."), 4, a));
    refused("a name of 256", () -> builder.addEntry(new byte[256], 4, a));
    refused("not of type 8", () -> builder.addEntry(ascii("x"), 8, a));
    refused("no node 9", () -> builder.addEntry(ascii("x"), 8, 9));
    long x = builder.addEntry(ascii("x"), 4, b);
    builder.addEntry(ascii("w"), 4, a);
    builder.addEntry(ascii("y"), 4, a);
    builder.addEntry(ascii("z"), 4, b);
    refused("not sorted at 'w'", () -> builder.setDirectory(a, x, 2));
    refused("belongs to another", () -> builder.setDirectory(a, x, 1));
    refused("comes before its parent", () -> builder.setDirectory(b, x + 2, 1));
    refused("has a second name", () -> builder.setDirectory(a, x + 3, 1));
    refused("5 entries from 0", () -> builder.setDirectory(root, x, 5));
    refused("outside of any directory", this::write);
  }

  @Test
  void refusesANodeWithoutName() throws IOException {
    builder.addNode(file(0));
    refused("node 1 has no name", this::write);
  }

  @Test
  void refusesWrongFiles() throws IOException {
    int node = builder.addNode(file(4096));
    builder.setDirectory(root, builder.addEntry(ascii("a"), FileType.REGULAR, node), 1);
    int pack = builder.addPack(new PackId(1, 1));
    ChunkLocation location = new ChunkLocation(128, 50, 100, 0, 2);
    refused("no pack 1", () -> builder.addChunk(SampleTree.chunkId("x"), 1, location));
    refused(
        "no chunk can be",
        () -> builder.addChunk(SampleTree.chunkId("x"), 0, new ChunkLocation(0, 2, 1, 0, 2)));
    int chunk = builder.addChunk(SampleTree.chunkId("a"), pack, location);
    builder.addChunk(SampleTree.chunkId("b"), pack, location);
    refused("no chunk 2", () -> builder.addExtent(0, 2));
    refused("used before chunk 0", () -> builder.addExtent(0, 1));
    long first = builder.addExtent(0, chunk);
    builder.addExtent(99, -1);
    builder.addExtent(4095, -1);
    refused("extent of 99 bytes", () -> builder.setExtents(node, first, 2));
    refused("do not tile", () -> builder.setExtents(node, first + 2, 1));
    refused("4 extents from 0", () -> builder.setExtents(node, first, 4));
    refused("has no extents", () -> builder.setExtents(root, first, 1));
    refused("the length 0", this::write);
    builder.setPackLength(pack, 177);
    refused("chunk 0 ends at 178", this::write);
    builder.setPackLength(pack, 178);
    refused("node 1 has no extents", this::write);
  }

  @Test
  void refusesDirectoriesThatAreTooDeep() throws IOException {
    int parent = root;
    for (int depth = 1; depth < Limits.MAX_DEPTH; depth++) {
      int child = builder.addNode(DIRECTORY);
      builder.setDirectory(parent, builder.addEntry(ascii("d"), 4, child), 1);
      parent = child;
    }
    int file = builder.addNode(file(0));
    int tooDeep = builder.addNode(DIRECTORY);
    long entry = builder.addEntry(ascii("f"), 8, file);
    builder.addEntry(ascii("g"), 4, tooDeep);
    int last = parent;
    builder.setDirectory(last, entry, 2);
    SnapfsException e = assertThrows(SnapfsException.class, this::write);
    assertTrue(e.getMessage().contains("nested more than 4096"), e.getMessage());
  }

  @Test
  void theDeepestDirectoryHasAPath() throws IOException {
    int parent = root;
    for (int depth = 1; depth < Limits.MAX_DEPTH; depth++) {
      int child = builder.addNode(DIRECTORY);
      builder.setDirectory(parent, builder.addEntry(ascii("d"), 4, child), 1);
      parent = child;
    }
    int file = builder.addNode(file(0));
    builder.setDirectory(parent, builder.addEntry(ascii("f"), 8, file), 1);
    Manifest manifest = write();
    assertEquals(2 * Limits.MAX_DEPTH - 1, manifest.path(file).length);
    assertEquals(file, ManifestAssertions.resolve(manifest, manifest.path(file)));
  }

  @Test
  void refusesPropertiesBeyondTheLimits() throws IOException {
    refused("1 to 256 bytes", () -> builder.label("", "x"));
    refused("1 to 256 bytes", () -> builder.label("k".repeat(257), "x"));
    refused("65537 bytes", () -> builder.provenance("k", "v".repeat(65537)));
    for (int i = 0; i < 16; i++) {
      builder.label("key" + i, "v".repeat(65536));
    }
    refused("exceed 1048576", this::write);
  }

  @Test
  void theLastValueOfAPropertyCounts() throws IOException {
    builder.label("k", "old");
    builder.label("k", "new");
    builder.provenance("k", "");
    Manifest manifest = write();
    assertEquals(Collections.singletonMap("k", "new"), manifest.labels());
    assertEquals(Collections.singletonMap("k", ""), manifest.provenance());
  }

  @Test
  void sizesThatTogetherOverflowAreRefused() throws IOException {
    long first = -1;
    for (int i = 0; i < 2; i++) {
      int node = builder.addNode(file(Long.MAX_VALUE));
      builder.setExtents(node, builder.addExtent(0, -1), 1);
      long entry = builder.addEntry(ascii("f" + i), 8, node);
      first = i == 0 ? entry : first;
    }
    builder.setDirectory(root, first, 2);
    assertThrows(SnapfsException.class, this::write);
  }
}
