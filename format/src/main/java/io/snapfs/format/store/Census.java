package io.snapfs.format.store;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.PackId;
import io.snapfs.format.Progress;
import io.snapfs.format.manifest.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which stored chunk every artifact of a store refers to. Reads all pack indexes and manifests and
 * nothing else; memory is 24 bytes per stored chunk. Anything damaged or too new ends it, since
 * then it can't know who refers to what.
 *
 * <p>It takes no lock. Packs that appear while it is taken are not in it; they belong to artifacts
 * that appeared too.
 */
final class Census {
  /**
   * An artifact that was counted.
   *
   * @param manifest as it was then
   */
  record Counted(ArtifactRef ref, Manifest manifest) {}

  private final Map<PackId, Long> lengths;
  private final Map<PackId, PackEntries> packs = new HashMap<>();
  private final Set<PackId> referenced = new LinkedHashSet<>();
  private final List<Counted> artifacts = new ArrayList<>();

  private Census(Map<PackId, Long> lengths) {
    this.lengths = lengths;
  }

  static Census take(Store store, Progress progress) throws IOException {
    Census census = new Census(store.packs());
    long total = census.lengths.size();
    long done = 0;
    for (PackId pack : census.lengths.keySet()) {
      progress.step("reading pack indexes (packs)", done++, total);
      census.packs.put(pack, PackEntries.of(store.openIndex(pack)));
    }
    List<ArtifactRef> refs = store.artifacts();
    for (ArtifactRef ref : refs) {
      progress.step("reading manifests (artifacts)", census.artifacts.size(), refs.size());
      census.count(store, ref);
    }
    return census;
  }

  private void count(Store store, ArtifactRef ref) throws IOException {
    Manifest manifest;
    try {
      manifest = store.manifest(ref);
    } catch (MissingException e) {
      return; // removed since it was listed
    }
    int number = artifacts.size();
    artifacts.add(new Counted(ref, manifest));
    PackEntries[] table = new PackEntries[manifest.packCount()];
    for (int i = 0; i < table.length; i++) {
      table[i] = referTo(store, manifest, i);
    }
    for (int chunk = 0; chunk < manifest.chunkCount(); chunk++) {
      PackEntries entries = table[manifest.chunkPack(chunk)];
      if (entries != null) {
        entries.addOwner(find(manifest, chunk, entries), number);
      }
    }
  }

  /** Entries of a pack that a manifest names; null if the pack came after the census began. */
  private PackEntries referTo(Store store, Manifest manifest, int pack) throws IOException {
    PackId id = manifest.packId(pack);
    referenced.add(id);
    PackEntries entries = packs.get(id);
    if (entries == null && !store.blobs().exists(id.key())) {
      throw new CorruptException(
          manifest.resource(),
          -1,
          "it needs pack " + store.blobs().describe(id.key()) + ", which is lost");
    }
    return entries;
  }

  /** The entry that a manifest's chunk is. */
  static int find(Manifest manifest, int chunk, PackEntries entries) throws IOException {
    int entry = entries.find(manifest.chunkId(chunk), manifest.chunkLocation(chunk));
    if (entry < 0) {
      throw new CorruptException(
          manifest.resource(), -1, disagreement(manifest, chunk, entries.id()));
    }
    return entry;
  }

  /** What to say if the index of a pack does not have what a manifest refers to. */
  static String disagreement(Manifest manifest, int chunk, PackId pack) throws IOException {
    return "it says that chunk "
        + manifest.chunkId(chunk)
        + " is at offset "
        + manifest.chunkOffset(chunk)
        + " of pack "
        + pack
        + ", but the index of the pack does not";
  }

  /** All packs, with the lengths of their files. */
  Map<PackId, Long> lengths() {
    return lengths;
  }

  /** All packs that were visible. */
  PackEntries pack(PackId id) {
    return packs.get(id);
  }

  /** Packs that manifests name, in the order of first mention. */
  Set<PackId> referenced() {
    return referenced;
  }

  /** All artifacts, sorted; their positions are the owners' numbers in {@link PackEntries}. */
  List<Counted> artifacts() {
    return artifacts;
  }
}
