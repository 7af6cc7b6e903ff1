package io.snapfs.format.write;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.PackId;
import io.snapfs.format.manifest.ManifestBuilder;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The sink's side of the manifest: chunks, packs, extents, and what this run added. Chunk indexes
 * here and in {@link SessionIds} are the same. Shares the builder with the walker, under the
 * builder's monitor.
 */
final class ArtifactTables {
  private final ManifestBuilder builder;
  private final SessionIds ids;
  private final Map<PackId, Integer> packs = new HashMap<>();

  private long firstExtent = -1;
  private long extentCount;
  private boolean afterHole;

  private long newBytes;
  private int chunkCount;
  private int newChunks;

  ArtifactTables(ManifestBuilder builder, SessionIds ids) {
    this.builder = builder;
    this.ids = ids;
  }

  void addHole(long fileOffset) throws IOException {
    if (!afterHole) {
      addExtent(fileOffset, -1);
      afterHole = true;
    }
  }

  void addChunkExtent(long fileOffset, int chunk) throws IOException {
    addExtent(fileOffset, chunk);
    afterHole = false;
  }

  private void addExtent(long fileOffset, int chunk) throws IOException {
    synchronized (builder) {
      long extent = builder.addExtent(fileOffset, chunk);
      if (extentCount++ == 0) {
        firstExtent = extent;
      }
    }
  }

  /** Gives the extents since the last call to a file. */
  void endFile(int node) throws IOException {
    synchronized (builder) {
      builder.setExtents(node, extentCount == 0 ? 0 : firstExtent, Math.toIntExact(extentCount));
    }
    extentCount = 0;
    afterHole = false;
  }

  /** Adds a chunk that the artifact doesn't have yet and returns its index. */
  int addChunk(ChunkId id, PackId pack, ChunkLocation location, boolean isNew) throws IOException {
    int index = ids.add(id);
    synchronized (builder) {
      int added = builder.addChunk(id, packIndex(pack), location);
      if (added != index) {
        throw new IllegalStateException(
            "chunk " + added + " of the manifest is " + index + " here");
      }
    }
    chunkCount++;
    if (isNew) {
      newChunks++;
      newBytes += location.storedLength();
    }
    return index;
  }

  void setPackLength(PackId pack, long length) throws IOException {
    synchronized (builder) {
      builder.setPackLength(packIndex(pack), length);
    }
  }

  private int packIndex(PackId pack) throws IOException {
    Integer index = packs.get(pack);
    if (index == null) {
      index = builder.addPack(pack);
      packs.put(pack, index);
    }
    return index;
  }

  long newBytes() {
    return newBytes;
  }

  int chunkCount() {
    return chunkCount;
  }

  int newChunks() {
    return newChunks;
  }
}
