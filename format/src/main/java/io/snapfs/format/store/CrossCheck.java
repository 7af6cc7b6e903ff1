package io.snapfs.format.store;

import io.snapfs.format.CorruptException;
import io.snapfs.format.PackId;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Compares a sound manifest with what was found in the packs that it names, and finds the files
 * that damage hits.
 */
final class CrossCheck {
  private final Census.Counted artifact;
  private final Manifest manifest;
  private final Map<PackId, PackFindings> findings;
  private final Damages damages;

  /** What is wrong with a chunk, by its number. */
  private final Map<Integer, Damages.Entry> hits = new HashMap<>();

  CrossCheck(Census.Counted artifact, Map<PackId, PackFindings> findings, Damages damages) {
    this.artifact = artifact;
    this.manifest = artifact.manifest();
    this.findings = findings;
    this.damages = damages;
  }

  void run() throws IOException {
    PackFindings[] packs = new PackFindings[manifest.packCount()];
    Damages.Entry[] wholePack = new Damages.Entry[packs.length];
    for (int i = 0; i < packs.length; i++) {
      packs[i] = findings.get(manifest.packId(i));
      wholePack[i] = packs[i] == null ? null : checkPack(i, packs[i]);
    }
    for (int chunk = 0; chunk < manifest.chunkCount(); chunk++) {
      int pack = manifest.chunkPack(chunk);
      Damages.Entry damage = wholePack[pack];
      if (damage == null && packs[pack] != null) {
        damage = checkChunk(chunk, packs[pack]);
      }
      if (damage != null) {
        hits.put(chunk, damage);
      }
    }
    if (!hits.isEmpty()) {
      findFiles();
    }
  }

  /** What puts all chunks of a pack out of reach of this artifact, or null. */
  private Damages.Entry checkPack(int pack, PackFindings found) throws IOException {
    if (found.unusable() != null || found.length() == manifest.packLength(pack)) {
      return found.unusable();
    }
    return report(
        "it says that pack "
            + manifest.packId(pack)
            + " has "
            + manifest.packLength(pack)
            + " bytes, but it has "
            + found.length());
  }

  private Damages.Entry checkChunk(int chunk, PackFindings found) throws IOException {
    PackEntries entries = found.entries();
    if (entries != null
        && entries.find(manifest.chunkId(chunk), manifest.chunkLocation(chunk)) < 0) {
      return report(Census.disagreement(manifest, chunk, entries.id()));
    }
    return found.damage(manifest.chunkOffset(chunk));
  }

  private Damages.Entry report(String problem) {
    CorruptException e = new CorruptException(manifest.resource(), -1, problem);
    return damages.manifest(artifact.ref(), manifest.resource(), e);
  }

  private void findFiles() throws IOException {
    Set<Damages.Entry> ofFile = new HashSet<>();
    for (int i = 0; i < manifest.nodeCount(); i++) {
      Node node = manifest.node(i);
      if (node.isRegular()) {
        ofFile.clear();
        for (long extent = node.first(); extent < node.first() + node.count(); extent++) {
          Damages.Entry damage = hits.get(manifest.extentChunk(extent));
          if (damage != null && ofFile.add(damage)) {
            damage.hits(artifact.ref(), Manifest.display(manifest.path(i)));
          }
        }
      }
    }
  }
}
