package io.snapfs.format.manifest;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.blob.BlobWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Owns temporary files in which it collects an artifact's metadata, and writes the manifest from
 * them. Memory is some MiB and a few bits per record, however large the artifact. Closing deletes
 * the files. Confined to one thread.
 *
 * <p>Order of calls: the root's node first; a node before what refers to it; a directory before its
 * subdirectories; a directory's entries one after another, sorted by name, then {@link
 * #setDirectory}; a chunk before its first extent, and chunks in the order of their first extents;
 * a file's extents one after another, then {@link #setExtents}. Wrong calls are refused with {@link
 * IllegalArgumentException}, so that no manifest is written that {@link Manifest#checkAll} would
 * reject (only that chunk ids and pack ids differ is left to the caller). What a user can cause
 * (too much, too deep) is a {@link SnapfsException}.
 */
public final class ManifestBuilder implements AutoCloseable {
  private final Spills spills;
  private final TreeWriter tree;
  private final ExtentWriter extents;
  private final XattrWriter xattrs;
  private final PropertyWriter properties = new PropertyWriter();
  private Summary summary = Summary.of(0, 0, 0, 0, 0, 0);

  /**
   * @param scratch a directory for the temporary files
   */
  public ManifestBuilder(Path scratch) throws IOException {
    spills = new Spills(scratch);
    tree = new TreeWriter(spills);
    extents = new ExtentWriter(spills);
    xattrs = new XattrWriter(spills);
    PartTable.append(spills.table(SectionType.PARTS), PartType.OTHER, 0, 0);
  }

  /** Adds a node, still without name, content or xattrs, and returns its index. */
  public int addNode(NodeAttributes attributes) throws IOException {
    if (attributes.part() < 0 || attributes.part() >= spills.table(SectionType.PARTS).count()) {
      throw new IllegalArgumentException("there is no part " + attributes.part());
    }
    return tree.addNode(attributes);
  }

  /** Corrects the size of a regular file (it changed while it was read), before its extents. */
  public void setSize(int node, long size) throws IOException {
    tree.setSize(node, size);
  }

  /** Adds a name and returns the entry's index. */
  public long addEntry(byte[] name, int type, int node) throws IOException {
    return tree.addEntry(name, type, node);
  }

  /** Says which entries a directory has. Link counts and parents follow from it. */
  public void setDirectory(int node, long firstEntry, int count) throws IOException {
    tree.setDirectory(node, firstEntry, count);
  }

  /** Sets a node's extended attributes, in any order. Equal lists share space. */
  public void setXattrs(int node, List<Xattr> list) throws IOException {
    xattrs.set(node, list);
  }

  /**
   * Adds an extent and returns its index.
   *
   * @param chunk index of the chunk, or -1 for a hole
   */
  public long addExtent(long fileOffset, int chunk) throws IOException {
    return extents.addExtent(fileOffset, chunk);
  }

  /** Says which extents a regular file has: they must tile its size. */
  public void setExtents(int node, long first, int count) throws IOException {
    extents.setExtents(node, first, count);
  }

  /** Adds a chunk, whose id must be new, and returns its index. */
  public int addChunk(ChunkId id, int pack, ChunkLocation location) throws IOException {
    return extents.addChunk(id, pack, location);
  }

  /** Adds a pack, whose id must be new, and returns its index. */
  public int addPack(PackId id) throws IOException {
    if (spills.table(SectionType.PACKS).count() == Limits.MAX_PACKS) {
      throw new SnapfsException(
          "the artifact would lie in more than " + Limits.MAX_PACKS + " packs");
    }
    return PackTable.append(spills.table(SectionType.PACKS), id, 0);
  }

  /** Sets the length of a pack's file, at the latest before {@link #writeTo}. */
  public void setPackLength(int pack, long length) throws IOException {
    PackTable.setLength(spills.table(SectionType.PACKS), pack, length);
  }

  /**
   * Adds a part and returns its index. Part 0, of type {@link PartType#OTHER} and without a name,
   * is there from the start.
   */
  public int addPart(PartType type, byte[] name) throws IOException {
    SpillTable parts = spills.table(SectionType.PARTS);
    if (name.length > Limits.MAX_PART_NAME || parts.count() == Limits.MAX_PARTS) {
      throw new SnapfsException(
          "part " + parts.count() + " with a name of " + name.length + " bytes exceeds the limits");
    }
    long nameOffset = spills.bytes(SectionType.BYTES).append(name);
    return PartTable.append(parts, type, nameOffset, name.length);
  }

  /**
   * Sets a label.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public void label(String key, String value) {
    properties.label(key, value);
  }

  /** Sets a fact about where the artifact comes from; the keys are in FORMAT.md 4.1. */
  public void provenance(String key, String value) {
    properties.provenance(key, value);
  }

  /** Sets what can't be counted here: see {@link Summary#of}. */
  public void summary(Summary s) {
    summary = s;
  }

  /** Writes the manifest, whose blob the caller publishes, and returns the content id. Once. */
  public byte[] writeTo(BlobWriter out) throws IOException {
    tree.finish();
    extents.finish();
    properties.writeTo(spills);
    SummaryTable.append(spills.table(SectionType.SUMMARY), count());
    ManifestSealer sealer = new ManifestSealer(spills.sources(), 0);
    sealer.writeTo(out);
    return sealer.contentId();
  }

  /** Adds regular files up, per part and altogether. */
  private Summary count() throws IOException {
    SpillTable nodes = spills.table(SectionType.NODES);
    long files = 0;
    long logicalBytes = 0;
    for (long node = 0; node < nodes.count(); node++) {
      if (NodeTable.type(nodes, node) == FileType.REGULAR) {
        long size = NodeTable.size(nodes, node);
        if ((size == 0) != (NodeTable.count(nodes, node) == 0)) {
          throw new IllegalArgumentException("node " + node + " has no extents");
        }
        files++;
        logicalBytes += size;
        if (logicalBytes < 0) {
          throw new SnapfsException("the files together exceed 2^63 bytes");
        }
        PartTable.addFile(spills.table(SectionType.PARTS), NodeTable.part(nodes, node), size);
      }
    }
    return new Summary(
        summary.createdMillis(),
        logicalBytes,
        extents.holeBytes(),
        extents.plainBytes(),
        extents.storedBytes(),
        summary.addedBytes(),
        files,
        nodes.count(),
        summary.chunkingKind(),
        summary.chunkMin(),
        summary.chunkMean(),
        summary.chunkMax());
  }

  @Override
  public void close() throws IOException {
    spills.close();
  }
}
