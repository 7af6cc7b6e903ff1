package io.snapfs.format.manifest;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A tree of files in memory, random or made by hand, that can be written as a manifest and compared
 * with one. Files have made-up extents and chunks but no bytes.
 */
final class SampleTree {
  /** One file of the tree: what the manifest is expected to say of it. */
  static final class Item {
    final int type;
    final NodeAttributes attributes;
    final TreeMap<byte[], Item> children = new TreeMap<>(Arrays::compareUnsigned);
    final List<Xattr> xattrs = new ArrayList<>();
    final List<Run> runs = new ArrayList<>();
    int links;
    int node = -1;

    Item(NodeAttributes attributes) {
      this.attributes = attributes;
      this.type = FileType.ofMode(attributes.mode());
    }
  }

  /**
   * An extent.
   *
   * @param chunk index into {@link #chunks}, or -1
   */
  record Run(long length, int chunk) {}

  /** A chunk. */
  record Chunk(ChunkId id, int pack, ChunkLocation location) {}

  final Item root = new Item(attributes(FileType.mode(FileType.DIRECTORY, 0755), 0, null));
  final List<Chunk> chunks = new ArrayList<>();
  final List<PackId> packs = new ArrayList<>();
  final List<Long> packLengths = new ArrayList<>();
  final TreeMap<String, String> labels = new TreeMap<>();
  final TreeMap<String, String> provenance = new TreeMap<>();

  static NodeAttributes attributes(int mode, long size, byte[] target) {
    return new NodeAttributes(mode, 1000, 100, size, 1_700_000_000L, 123_456_789, 0, 0, 0, target);
  }

  /** The chunk id of a text. */
  static ChunkId chunkId(String text) {
    try {
      return ChunkId.wrap(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  PackId addPack() {
    PackId id = new PackId(0x1111_2222_3333_4444L + packs.size(), -packs.size());
    packs.add(id);
    packLengths.add(128L);
    return id;
  }

  /** Adds a chunk to the last pack. */
  int addChunk(int plainLength, int storedLength, int codec) {
    int pack = packs.size() - 1;
    long offset = packLengths.get(pack);
    packLengths.set(pack, offset + storedLength);
    chunks.add(
        new Chunk(
            chunkId("chunk " + chunks.size()),
            pack,
            new ChunkLocation(
                offset, storedLength, plainLength, 0x9e3779b9 * chunks.size(), codec)));
    return chunks.size() - 1;
  }

  static Item file(Run... runs) {
    long size = 0;
    for (Run run : runs) {
      size += run.length();
    }
    Item item = new Item(attributes(FileType.mode(FileType.REGULAR, 0644), size, null));
    item.runs.addAll(List.of(runs));
    return item;
  }

  static Item directory() {
    return new Item(attributes(FileType.mode(FileType.DIRECTORY, 0750), 0, null));
  }

  static Item symlink(String target) {
    byte[] raw = target.getBytes(StandardCharsets.UTF_8);
    return new Item(attributes(FileType.mode(FileType.SYMLINK, 0777), raw.length, raw));
  }

  /** A small tree with one of everything. */
  static SampleTree small() {
    SampleTree tree = new SampleTree();
    tree.addPack();
    Run first = tree.run(tree.addChunk(8192, 5000, 2));
    Item big = file(first, new Run(1L << 40, -1), tree.run(tree.addChunk(100, 100, 0)));
    Item sub = directory();
    sub.xattrs.add(new Xattr(ascii("user.colour"), ascii("green")));
    sub.xattrs.add(new Xattr(ascii("trusted.empty"), new byte[0]));
    sub.children.put(new byte[] {(byte) 0xff, (byte) 0xfe}, symlink("../../outside"));
    sub.children.put(ascii("again"), big);
    sub.children.put(ascii("copy"), file(first));
    sub.children.put(ascii("empty"), file());
    tree.root.children.put(ascii("big"), big);
    tree.root.children.put(ascii("sub"), sub);
    tree.root.children.put(
        ascii("tty"),
        new Item(
            new NodeAttributes(
                FileType.mode(FileType.CHARACTER_DEVICE, 0620), 0, 5, 0, -1, 0, 5, 1, 0, null)));
    tree.labels.put("team", "grün");
    tree.provenance.put("host.kernel", "6.1.0");
    return tree;
  }

  Run run(int chunk) {
    return new Run(chunks.get(chunk).location().plainLength(), chunk);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A random tree of about that many nodes. */
  static SampleTree random(Random random, int nodes) {
    SampleTree tree = new SampleTree();
    tree.addPack();
    List<Item> directories = new ArrayList<>(List.of(tree.root));
    List<Item> linkable = new ArrayList<>();
    List<Xattr> shared = List.of(new Xattr(ascii("security.capability"), new byte[20]));
    for (int i = 0; i < nodes; i++) {
      Item parent = directories.get(random.nextInt(directories.size()));
      boolean link = !linkable.isEmpty() && random.nextInt(10) == 0;
      Item item = link ? linkable.get(random.nextInt(linkable.size())) : tree.item(random);
      if (parent.children.putIfAbsent(name(random), item) != null || link) {
        continue;
      }
      (item.type == FileType.DIRECTORY ? directories : linkable).add(item);
      if (random.nextInt(4) == 0) {
        item.xattrs.addAll(shared);
      } else if (random.nextInt(8) == 0) {
        byte[] value = new byte[random.nextInt(200)];
        random.nextBytes(value);
        item.xattrs.add(new Xattr(ascii("user.x" + random.nextInt(9)), value));
        item.xattrs.addAll(shared);
      }
    }
    tree.renumberChunks();
    return tree;
  }

  private Item item(Random random) {
    int type =
        new int[] {
              FileType.REGULAR, FileType.REGULAR, FileType.REGULAR, FileType.DIRECTORY,
              FileType.DIRECTORY, FileType.SYMLINK, FileType.FIFO, FileType.SOCKET,
              FileType.BLOCK_DEVICE, FileType.CHARACTER_DEVICE
            }
            [random.nextInt(10)];
    if (type == FileType.REGULAR) {
      return file(runs(random));
    }
    byte[] target = null;
    if (type == FileType.SYMLINK) {
      target = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? Limits.MAX_SYMLINK : 60)];
      Arrays.fill(target, (byte) (1 + random.nextInt(255)));
    }
    boolean device = type == FileType.BLOCK_DEVICE || type == FileType.CHARACTER_DEVICE;
    return new Item(
        new NodeAttributes(
            FileType.mode(type, random.nextInt(4096)),
            random.nextInt(),
            random.nextInt(),
            target == null ? 0 : target.length,
            random.nextLong(),
            random.nextInt(NodeTable.NANOS),
            device ? random.nextInt(256) : 0,
            device ? random.nextInt() : 0,
            0,
            target));
  }

  private Run[] runs(Random random) {
    Run[] runs = new Run[random.nextInt(random.nextInt(10) == 0 ? 200 : 4)];
    for (int i = 0; i < runs.length; i++) {
      int kind = random.nextInt(4);
      if (kind == 0) {
        runs[i] = new Run(1 + (random.nextLong() >>> 24), -1);
      } else if (kind == 1 && !chunks.isEmpty()) {
        runs[i] = run(random.nextInt(chunks.size()));
      } else {
        if (random.nextInt(50) == 0) {
          addPack();
        }
        int plain = 1 + random.nextInt(Limits.MAX_CHUNK);
        int codec = random.nextInt(4);
        runs[i] = run(addChunk(plain, codec == 0 ? plain : 1 + random.nextInt(plain), codec));
      }
    }
    return runs;
  }

  private static byte[] name(Random random) {
    byte[] name = new byte[random.nextInt(20) == 0 ? Limits.MAX_NAME : 1 + random.nextInt(12)];
    do {
      random.nextBytes(name);
      for (int i = 0; i < name.length; i++) {
        name[i] = name[i] == '/' || name[i] == 0 ? (byte) 'x' : name[i];
      }
    } while (Names.problem(name) != null);
    return name;
  }

  /** Brings chunks into the order in which the writer meets them. */
  private void renumberChunks() {
    List<Chunk> old = new ArrayList<>(chunks);
    int[] renumbered = new int[old.size()];
    Arrays.fill(renumbered, -1);
    chunks.clear();
    for (Item item : inOrder()) {
      item.runs.replaceAll(
          run -> {
            if (run.chunk() < 0) {
              return run;
            }
            if (renumbered[run.chunk()] < 0) {
              renumbered[run.chunk()] = chunks.size();
              chunks.add(old.get(run.chunk()));
            }
            return new Run(run.length(), renumbered[run.chunk()]);
          });
    }
  }

  /** Every item once: breadth first, which is also the order of nodes. */
  List<Item> inOrder() {
    List<Item> order = new ArrayList<>(List.of(root));
    Set<Item> seen = new HashSet<>(order);
    for (int i = 0; i < order.size(); i++) {
      for (Item child : order.get(i).children.values()) {
        if (seen.add(child)) {
          order.add(child);
        }
      }
    }
    return order;
  }

  /** Writes the tree as a manifest. */
  byte[] write(Path scratch) throws IOException {
    try (ManifestBuilder builder = new ManifestBuilder(scratch)) {
      fill(builder);
      MemoryBlob blob = new MemoryBlob();
      builder.writeTo(blob);
      return blob.toBytes();
    }
  }

  void fill(ManifestBuilder builder) throws IOException {
    for (PackId pack : packs) {
      builder.setPackLength(builder.addPack(pack), packLengths.get(packs.indexOf(pack)));
    }
    for (Chunk chunk : chunks) {
      builder.addChunk(chunk.id(), chunk.pack(), chunk.location());
    }
    List<Item> items = inOrder();
    for (Item item : items) {
      item.links = item.type == FileType.DIRECTORY ? 2 : 0;
      item.node = builder.addNode(item.attributes);
      builder.setXattrs(item.node, item.xattrs);
    }
    for (Item item : items) {
      addEntries(builder, item);
      addExtents(builder, item);
    }
    labels.forEach(builder::label);
    provenance.forEach(builder::provenance);
    builder.summary(Summary.of(1_700_000_000_000L, 77, 1, 32 << 10, 128 << 10, 1 << 20));
  }

  private static void addEntries(ManifestBuilder builder, Item directory) throws IOException {
    long first = -1;
    for (var entry : directory.children.entrySet()) {
      Item child = entry.getValue();
      (child.type == FileType.DIRECTORY ? directory : child).links++;
      long index = builder.addEntry(entry.getKey(), child.type, child.node);
      first = first < 0 ? index : first;
    }
    if (first >= 0) {
      builder.setDirectory(directory.node, first, directory.children.size());
    }
  }

  private static void addExtents(ManifestBuilder builder, Item file) throws IOException {
    long at = 0;
    long first = -1;
    for (Run run : file.runs) {
      long index = builder.addExtent(at, run.chunk());
      first = first < 0 ? index : first;
      at += run.length();
    }
    if (first >= 0) {
      builder.setExtents(file.node, first, file.runs.size());
    }
  }
}
