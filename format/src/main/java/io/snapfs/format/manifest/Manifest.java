package io.snapfs.format.manifest;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * An artifact's metadata, looked up in place in the mapped manifest. Immutable; safe for use by
 * many threads.
 *
 * <p>Every method may find damage and then throws {@link CorruptException} naming the manifest, the
 * offset, what was expected and what is there. Indexes that the caller makes up are a programming
 * error ({@link IndexOutOfBoundsException}). A {@link Node} is to be used only with the manifest it
 * came from.
 */
public final class Manifest {
  private final ManifestFile file;
  private final NodeTable nodes;
  private final EntryTable entries;
  private final XattrTable xattrs;
  private final ExtentTable extents;
  private final ChunkTable chunks;
  private final PackTable packs;
  private final PartTable parts;
  private final PropertyTable properties;
  private final SummaryTable summary;

  private Manifest(ManifestFile file) throws CorruptException {
    this.file = file;
    ByteRange bytes = new ByteRange(file.table(SectionType.BYTES));
    parts = new PartTable(file.table(SectionType.PARTS), bytes);
    nodes = new NodeTable(file.table(SectionType.NODES), bytes, bounds());
    entries = new EntryTable(file.table(SectionType.DIRENTS), bytes, nodes.count());
    xattrs = new XattrTable(file.table(SectionType.XATTRS), bytes);
    packs = new PackTable(file.table(SectionType.PACKS));
    chunks =
        new ChunkTable(
            file.table(SectionType.CHUNK_IDS), file.table(SectionType.CHUNK_LOCATIONS), packs);
    extents = new ExtentTable(file.table(SectionType.EXTENTS), chunks);
    properties =
        new PropertyTable(
            file.table(SectionType.PROPERTIES),
            new ByteRange(file.table(SectionType.PROPERTY_BYTES)));
    summary = new SummaryTable(file.table(SectionType.SUMMARY));
    if (nodes.count() == 0) {
      throw new CorruptException(file.resource(), -1, "it has no root directory");
    }
  }

  private NodeTable.Bounds bounds() {
    return new NodeTable.Bounds(
        file.table(SectionType.DIRENTS).count(),
        file.table(SectionType.EXTENTS).count(),
        file.table(SectionType.XATTRS).count(),
        parts.parts().size());
  }

  /**
   * Opens a manifest. The cost does not depend on the number of files and chunks (but for 4 bytes
   * per 64 KiB of manifest).
   *
   * @param mapped the whole manifest between position and limit; it must stay as it is
   * @param resource its name for messages
   * @throws CorruptException if it is damaged, as far as that can be seen here
   * @throws io.snapfs.format.TooNewException if a newer version wrote it
   */
  public static Manifest open(ByteBuffer mapped, String resource) throws IOException {
    try {
      return new Manifest(ManifestFile.open(mapped, resource));
    } catch (InternalError e) { // a fault in mapped memory, which HotSpot may tell late
      throw CheckedBytes.vanished(resource, -1, e);
    }
  }

  /** The name for messages that it was opened with. */
  public String resource() {
    return file.resource();
  }

  /** SHA-256 of what the artifact is (FORMAT.md 4.2), as the header states it. */
  public byte[] contentId() {
    return file.header().contentId().clone();
  }

  public Summary summary() {
    return summary.summary();
  }

  /** All parts; {@link Node#part()} is an index into them. */
  public List<Part> parts() {
    return parts.parts();
  }

  /** What the user attached, sorted by key. */
  public Map<String, String> labels() {
    return properties.labels();
  }

  /** Where the artifact comes from, sorted by key; the keys are in FORMAT.md 4.1. */
  public Map<String, String> provenance() {
    return properties.provenance();
  }

  public int nodeCount() {
    return nodes.count();
  }

  /** A node's attributes; node 0 is the root directory. */
  public Node node(int index) throws IOException {
    return nodes.get(index);
  }

  /**
   * Finds a name in a directory, by binary search.
   *
   * @return index of the node, or -1
   */
  public int lookup(Node directory, byte[] name) throws IOException {
    if (!directory.isDirectory()) {
      throw new IllegalArgumentException("node " + directory.index() + " is not a directory");
    }
    long low = directory.first();
    long high = low + directory.count() - 1;
    while (low <= high) {
      long middle = (low + high) >>> 1;
      int order = entries.compareName(middle, name);
      if (order == 0) {
        return entry(directory, middle).node();
      } else if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /**
   * An entry by its index in the whole table. To walk down a tree use {@link #entry(Node, long)},
   * which a hostile manifest can't lead in circles.
   */
  public DirectoryEntry entry(long index) throws IOException {
    DirectoryEntry entry =
        new DirectoryEntry(entries.name(index), entries.type(index), entries.node(index));
    int type = nodes.type(entry.node());
    if (type != entry.type()) {
      throw entries.wrongType(index, type);
    }
    if (type == FileType.DIRECTORY && nodes.get(entry.node()).entry() != index) {
      throw entries.wrongNode(
          index, "directory " + entry.node() + " is named by more than one entry");
    }
    return entry;
  }

  /**
   * An entry of a directory. A subdirectory is returned only to its one parent.
   *
   * @param index from {@code directory.first()}, below {@code first + count}
   */
  public DirectoryEntry entry(Node directory, long index) throws IOException {
    Objects.checkIndex(index - directory.first(), directory.count());
    DirectoryEntry entry = entry(index);
    if (entry.type() == FileType.DIRECTORY
        && nodes.get(entry.node()).parent() != directory.index()) {
      throw entries.wrongNode(
          index, "directory " + entry.node() + " is named by one that is not its parent");
    }
    return entry;
  }

  /** Raw target of a symlink. */
  public byte[] symlinkTarget(Node symlink) throws IOException {
    if (!symlink.isSymlink()) {
      throw new IllegalArgumentException("node " + symlink.index() + " is not a symlink");
    }
    return nodes.target(symlink);
  }

  /** Extended attributes, sorted by name. */
  public List<Xattr> xattrs(Node node) throws IOException {
    return xattrs.list(node);
  }

  /** Value of one extended attribute, or null. */
  public byte[] xattr(Node node, byte[] name) throws IOException {
    return xattrs.find(node, name);
  }

  /**
   * Path of a node from the root: raw bytes, names joined by slashes, none in front. The root's is
   * empty. A hard link has several paths; this is one of them.
   */
  public byte[] path(int node) throws IOException {
    Deque<byte[]> names = new ArrayDeque<>();
    int length = 0;
    for (Node n = nodes.get(node); n.index() != 0; n = parentOf(n)) {
      byte[] name = entries.name(n.entry());
      names.addFirst(name);
      length += name.length + 1;
      if (names.size() > Limits.MAX_DEPTH) {
        throw nodes.wrongParent(n, "directories are nested too deeply");
      }
    }
    ByteBuffer path = ByteBuffer.allocate(Math.max(0, length - 1));
    for (byte[] name : names) {
      if (path.position() > 0) {
        path.put((byte) '/');
      }
      path.put(name);
    }
    return path.array();
  }

  /** The directory that names a node (not the root), found to do so. */
  Node parentOf(Node node) throws CorruptException {
    Node parent = nodes.get(node.parent());
    if (!parent.isDirectory()
        || node.entry() < parent.first()
        || node.entry() - parent.first() >= parent.count()) {
      throw nodes.wrongParent(
          node, "node " + parent.index() + " is not a directory with the entry " + node.entry());
    }
    if (entries.node(node.entry()) != node.index()) {
      throw nodes.wrongParent(node, "its entry " + node.entry() + " names another node");
    }
    return parent;
  }

  /**
   * Raw bytes as text for people and logs: UTF-8 where it is valid, other bytes as {@code \xHH},
   * control characters (also those that reorder text) escaped, backslashes doubled.
   */
  public static String display(byte[] raw) {
    return Names.display(raw);
  }

  /**
   * The extent that covers a byte of a regular file. This and the methods up to {@link #chunkCodec}
   * allocate nothing, but when they touch a 64 KiB block of the manifest for the first time.
   *
   * @throws IndexOutOfBoundsException if the offset isn't in [0, size)
   */
  public long findExtent(Node regular, long offset) throws IOException {
    return extents.find(regular, offset);
  }

  /** Where an extent begins in its file. */
  public long extentStart(long extent) throws IOException {
    return extents.start(extent);
  }

  /** Where an extent ends in its file; the next one begins there. */
  public long extentEnd(Node regular, long extent) throws IOException {
    return extents.end(regular, extent);
  }

  /** Index of an extent's chunk; -1 if it is a hole. */
  public int extentChunk(long extent) throws IOException {
    return extents.chunk(extent);
  }

  public int chunkCount() {
    return chunks.count();
  }

  public ChunkId chunkId(int chunk) throws IOException {
    return chunks.id(chunk);
  }

  /** Index of the pack that holds the chunk. */
  public int chunkPack(int chunk) throws IOException {
    return chunks.pack(chunk);
  }

  /** Byte offset of the stored bytes in the pack; they end inside it. */
  public long chunkOffset(int chunk) throws IOException {
    return chunks.offset(chunk);
  }

  /** Stored bytes: 1 to the plain length. */
  public int chunkStoredLength(int chunk) throws IOException {
    return chunks.storedLength(chunk);
  }

  /** Plain bytes: 1 to {@link io.snapfs.format.Limits#MAX_CHUNK}. */
  public int chunkPlainLength(int chunk) throws IOException {
    return chunks.plainLength(chunk);
  }

  /** Checksum of the stored bytes. */
  public int chunkCrc32c(int chunk) throws IOException {
    return chunks.crc32c(chunk);
  }

  /**
   * Codec number.
   *
   * @throws io.snapfs.format.TooNewException if this version doesn't know it
   */
  public int chunkCodec(int chunk) throws IOException {
    return chunks.codec(chunk);
  }

  /** All of the chunk's place and storage but the pack. */
  public ChunkLocation chunkLocation(int chunk) throws IOException {
    return chunks.location(chunk);
  }

  public int packCount() {
    return packs.count();
  }

  public PackId packId(int pack) throws IOException {
    return packs.id(pack);
  }

  /** Length that the pack file must have, bytes. */
  public long packLength(int pack) throws IOException {
    return packs.length(pack);
  }

  /**
   * Checks everything: each block's checksum, every rule of FORMAT.md section 4, the content id.
   * Linear; memory of some bytes per node and bits per other record. If blocks are damaged, only
   * these are reported, since nothing in them can be believed.
   *
   * @param problems is called with each finding, at most {@value ManifestChecker#MAX_PROBLEMS}
   * @throws io.snapfs.format.TooNewException if all is well but for codecs of a newer version
   */
  public void checkAll(Consumer<CorruptException> problems) throws IOException {
    new ManifestChecker(this, problems).run();
  }

  ManifestFile file() {
    return file;
  }

  NodeTable nodes() {
    return nodes;
  }

  EntryTable entries() {
    return entries;
  }

  XattrTable xattrTable() {
    return xattrs;
  }

  ExtentTable extents() {
    return extents;
  }

  ChunkTable chunks() {
    return chunks;
  }

  PackTable packs() {
    return packs;
  }

  PartTable partTable() {
    return parts;
  }

  SummaryTable summaryTable() {
    return summary;
  }
}
