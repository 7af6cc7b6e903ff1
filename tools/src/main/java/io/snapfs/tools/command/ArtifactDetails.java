package io.snapfs.tools.command;

import io.snapfs.format.codec.Codec;
import io.snapfs.format.manifest.FileType;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What has to be counted to be known of an artifact.
 *
 * @param hardLinks names beyond the first of files that have several
 * @param codecs by their numbers
 * @param packs in the order of the manifest
 */
record ArtifactDetails(
    long directories,
    long symlinks,
    long devices,
    long fifos,
    long sockets,
    long hardLinks,
    long withXattrs,
    List<Share> codecs,
    List<Share> packs) {

  /**
   * Distinct chunks that have something in common, and their sizes.
   *
   * @param name of the codec or pack
   * @param packLength of the whole pack, bytes; 0 for a codec
   */
  record Share(String name, long packLength, long chunks, long plainBytes, long storedBytes) {}

  /** Reads all nodes and chunk locations. */
  static ArtifactDetails of(Manifest manifest) throws IOException {
    long[] byType = new long[FileType.SOCKET + 1];
    long hardLinks = 0;
    long withXattrs = 0;
    for (int i = 0; i < manifest.nodeCount(); i++) {
      Node node = manifest.node(i);
      byType[node.type()]++;
      hardLinks += node.isDirectory() ? 0 : node.linkCount() - 1;
      withXattrs += node.xattrCount() > 0 ? 1 : 0;
    }
    Map<Integer, Sum> codecs = new TreeMap<>();
    Map<Integer, Sum> packs = new TreeMap<>();
    for (int c = 0; c < manifest.chunkCount(); c++) {
      codecs.computeIfAbsent(manifest.chunkCodec(c), key -> new Sum()).add(manifest, c);
      packs.computeIfAbsent(manifest.chunkPack(c), key -> new Sum()).add(manifest, c);
    }
    return new ArtifactDetails(
        byType[FileType.DIRECTORY],
        byType[FileType.SYMLINK],
        byType[FileType.CHARACTER_DEVICE] + byType[FileType.BLOCK_DEVICE],
        byType[FileType.FIFO],
        byType[FileType.SOCKET],
        hardLinks,
        withXattrs,
        codecShares(codecs),
        packShares(manifest, packs));
  }

  private static List<Share> codecShares(Map<Integer, Sum> sums) {
    List<Share> shares = new ArrayList<>();
    sums.forEach((codec, sum) -> shares.add(sum.share(Codec.of(codec).label(), 0)));
    return List.copyOf(shares);
  }

  private static List<Share> packShares(Manifest manifest, Map<Integer, Sum> sums)
      throws IOException {
    List<Share> shares = new ArrayList<>();
    for (Map.Entry<Integer, Sum> each : sums.entrySet()) {
      int pack = each.getKey();
      shares.add(
          each.getValue().share(manifest.packId(pack).toString(), manifest.packLength(pack)));
    }
    return List.copyOf(shares);
  }

  private static final class Sum {
    private long chunks;
    private long plainBytes;
    private long storedBytes;

    void add(Manifest manifest, int chunk) throws IOException {
      chunks++;
      plainBytes += manifest.chunkPlainLength(chunk);
      storedBytes += manifest.chunkStoredLength(chunk);
    }

    Share share(String name, long packLength) {
      return new Share(name, packLength, chunks, plainBytes, storedBytes);
    }
  }
}
