package io.snapfs.format.manifest;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.Limits;
import java.io.IOException;
import java.util.BitSet;

/** Collects chunks and extents, and sees that the extents of each file tile it. */
final class ExtentWriter {
  private final SpillTable nodes;
  private final SpillTable extents;
  private final SpillTable ids;
  private final SpillTable locations;
  private final SpillTable packs;

  /** Extents that belong to a file already. */
  private final BitSet claimed = new BitSet();

  /** Chunks from this one on have no extent yet. */
  private int firstUnused;

  private long holeBytes;
  private long plainBytes;
  private long storedBytes;

  ExtentWriter(Spills spills) {
    this.nodes = spills.table(SectionType.NODES);
    this.extents = spills.table(SectionType.EXTENTS);
    this.ids = spills.table(SectionType.CHUNK_IDS);
    this.locations = spills.table(SectionType.CHUNK_LOCATIONS);
    this.packs = spills.table(SectionType.PACKS);
  }

  int addChunk(ChunkId id, int pack, ChunkLocation location) throws IOException {
    ChunkTable.requireValid(location);
    require(pack >= 0 && pack < packs.count(), "there is no pack " + pack);
    ChunkTable.append(ids, id);
    ChunkTable.append(locations, pack, location);
    plainBytes += location.plainLength();
    storedBytes += location.storedLength();
    return (int) locations.count() - 1;
  }

  long addExtent(long fileOffset, int chunk) throws IOException {
    require(fileOffset >= 0, "an extent at " + fileOffset);
    if (chunk != ExtentTable.HOLE) {
      require(chunk >= 0 && chunk < locations.count(), "there is no chunk " + chunk);
      require(
          chunk <= firstUnused,
          "chunk " + chunk + " is used before chunk " + firstUnused + ", which was added first");
      firstUnused = Math.max(firstUnused, chunk + 1);
    }
    return ExtentTable.append(extents, fileOffset, chunk);
  }

  /** Says which extents a file has; its size must be final. */
  void setExtents(int node, long first, int count) throws IOException {
    require(node >= 0 && node < nodes.count(), "there is no node " + node);
    require(NodeTable.type(nodes, node) == FileType.REGULAR, "node " + node + " has no extents");
    require(NodeTable.count(nodes, node) == 0, "node " + node + " has its extents already");
    require(
        first >= 0 && count >= 0 && first <= extents.count() - count,
        count + " extents from " + first + ", there are " + extents.count());
    long size = NodeTable.size(nodes, node);
    long at = 0;
    for (long extent = first; extent < first + count; extent++) {
      require(!claimed.get((int) extent), "extent " + extent + " belongs to another file");
      claimed.set((int) extent);
      boolean last = extent == first + count - 1;
      long end = last ? size : ExtentTable.start(extents, extent + 1);
      checkExtent(node, extent, at, end);
      at = end;
    }
    require(at == size, "node " + node + " has " + size + " bytes, its extents " + at);
    NodeTable.setContent(nodes, node, first, count);
  }

  private void checkExtent(int node, long extent, long start, long end) throws IOException {
    int chunk = ExtentTable.chunk(extents, extent);
    long length = end - start;
    require(
        ExtentTable.start(extents, extent) == start && length > 0,
        "the extents of node " + node + " do not tile it at " + start);
    if (chunk == ExtentTable.HOLE) {
      holeBytes += length;
    } else {
      int plain = ChunkTable.plainLength(locations, chunk);
      require(
          plain == length,
          "chunk " + chunk + " of " + plain + " bytes in an extent of " + length + " bytes");
    }
  }

  /** Checks that all chunks lie in their packs. */
  void finish() throws IOException {
    for (int pack = 0; pack < packs.count(); pack++) {
      long length = PackTable.length(packs, pack);
      require(
          length > 0 && length <= Limits.MAX_PACK, "pack " + pack + " has the length " + length);
    }
    for (int chunk = 0; chunk < locations.count(); chunk++) {
      long end = ChunkTable.storedEnd(locations, chunk);
      require(
          end <= PackTable.length(packs, ChunkTable.pack(locations, chunk)),
          "chunk " + chunk + " ends at " + end + ", outside of its pack");
    }
  }

  long holeBytes() {
    return holeBytes;
  }

  long plainBytes() {
    return plainBytes;
  }

  long storedBytes() {
    return storedBytes;
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
