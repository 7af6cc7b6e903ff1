package io.snapfs.format.store;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.PackId;
import io.snapfs.format.Progress;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.SweepLock;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.ManifestRelocation;
import io.snapfs.format.manifest.ManifestRelocation.PackEntry;
import io.snapfs.format.manifest.ManifestRelocation.Placement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rewrites packs without what is dead in them.
 *
 * <p>First, with writers going on, live chunks are copied into new packs by an ordinary session.
 * Then, in a sweep, every manifest that names an old pack is replaced by one that names the new
 * ones, and the old packs are deleted. In between a writer may have pinned an old pack, or
 * published an artifact that refers to a chunk in it that was dead and not copied: such a pack is
 * left alone, the next gc will see.
 *
 * <p>A kill leaves manifests that name old packs and manifests that name new ones, and both kinds
 * of packs.
 */
final class Compaction {
  private final Store store;
  private final List<PackEntries> batch;
  private final Progress progress;
  private final Map<PackId, MovedPack> moved = new LinkedHashMap<>();

  /** Packs that manifests name or sessions have pinned. */
  private final Set<PackId> used = new HashSet<>();

  private final List<String> leftAlone = new ArrayList<>();

  Compaction(Store store, List<PackEntries> batch, Progress progress) {
    this.store = store;
    this.batch = batch;
    this.progress = progress;
  }

  /** Packs that were left alone though they were to be rewritten, and why, for people. */
  List<String> leftAlone() {
    return leftAlone;
  }

  /** Returns the packs that were rewritten and are gone. */
  List<PackEntries> run() throws IOException {
    try (WriteSession session = store.blobs().beginWrite()) {
      List<PackEntry> newPacks = copyAll(session);
      try (SweepLock sweep = store.blobs().lockForSweep()) {
        Set<PackId> pinned = sweep.pinned(session); // before the manifests, see package blob
        pinned.forEach(moved::remove);
        List<Census.Counted> artifacts = artifactsThatNameMoved();
        dropPacksWithNewReferences(artifacts);
        for (Census.Counted artifact : artifacts) {
          replace(artifact, newPacks, session);
        }
        for (PackId pack : moved.keySet()) {
          sweep.delete(pack.key());
        }
        used.addAll(pinned);
        deleteUnused(newPacks, sweep);
      }
    }
    return moved.values().stream().map(MovedPack::entries).toList();
  }

  /** New packs have been visible: a writer may have found chunks in them and rely on those now. */
  private void deleteUnused(List<PackEntry> newPacks, SweepLock sweep) throws IOException {
    for (PackEntry pack : newPacks) {
      if (!used.contains(pack.id())) {
        sweep.delete(pack.id().key());
      }
    }
  }

  private List<PackEntry> copyAll(WriteSession session) throws IOException {
    long total = batch.stream().mapToLong(PackEntries::liveBytes).sum();
    long done = 0;
    try (ChunkCopier copier = new ChunkCopier(store, session)) {
      for (PackEntries pack : batch) {
        progress.step("rewriting packs", done, total);
        try {
          moved.put(pack.id(), copier.copy(pack));
        } catch (ChunkCopier.UnreadableException e) {
          leftAlone.add(e.getMessage() + "; the pack stays as it is");
        }
        done += pack.liveBytes();
      }
      copier.finish();
      return copier.newPacks();
    }
  }

  /** Also notes what packs all the others name. */
  private List<Census.Counted> artifactsThatNameMoved() throws IOException {
    List<Census.Counted> artifacts = new ArrayList<>();
    for (ArtifactRef ref : store.artifacts()) {
      Manifest manifest = store.manifest(ref);
      for (int i = 0; i < manifest.packCount(); i++) {
        used.add(manifest.packId(i));
      }
      if (namesMoved(manifest)) {
        artifacts.add(new Census.Counted(ref, manifest));
      }
    }
    return artifacts;
  }

  private boolean namesMoved(Manifest manifest) throws IOException {
    for (int i = 0; i < manifest.packCount(); i++) {
      if (moved.containsKey(manifest.packId(i))) {
        return true;
      }
    }
    return false;
  }

  /** A chunk that was dead when the live ones were copied may have come back to life. */
  private void dropPacksWithNewReferences(List<Census.Counted> artifacts) throws IOException {
    for (Census.Counted artifact : artifacts) {
      Manifest manifest = artifact.manifest();
      for (int chunk = 0; chunk < manifest.chunkCount(); chunk++) {
        MovedPack pack = moved.get(manifest.packId(manifest.chunkPack(chunk)));
        if (pack != null && !pack.hasMoved(Census.find(manifest, chunk, pack.entries()))) {
          moved.remove(pack.id());
        }
      }
    }
  }

  private void replace(Census.Counted artifact, List<PackEntry> newPacks, WriteSession session)
      throws IOException {
    Manifest old = artifact.manifest();
    if (!namesMoved(old)) {
      return;
    }
    Map<PackId, Integer> numbers = new HashMap<>();
    List<PackEntry> packs = new ArrayList<>();
    for (int chunk = 0; chunk < old.chunkCount(); chunk++) {
      PackEntry pack = packOf(old, chunk, newPacks);
      if (numbers.putIfAbsent(pack.id(), packs.size()) == null) {
        packs.add(pack);
      }
    }
    used.addAll(numbers.keySet());
    try (BlobWriter blob = session.create(artifact.ref().key())) {
      ManifestRelocation.write(
          old,
          packs,
          chunk ->
              new Placement(numbers.get(packOf(old, chunk, newPacks).id()), locate(old, chunk)),
          blob,
          session.scratch());
      blob.publish(BlobWriter.IfExists.REPLACE);
    }
  }

  /** The pack that a chunk is in from now on. */
  private PackEntry packOf(Manifest old, int chunk, List<PackEntry> newPacks) throws IOException {
    int number = old.chunkPack(chunk);
    MovedPack pack = moved.get(old.packId(number));
    return pack == null
        ? new PackEntry(old.packId(number), old.packLength(number))
        : newPacks.get(pack.pack(Census.find(old, chunk, pack.entries())));
  }

  private ChunkLocation locate(Manifest old, int chunk) throws IOException {
    ChunkLocation location = old.chunkLocation(chunk);
    MovedPack pack = moved.get(old.packId(old.chunkPack(chunk)));
    return pack == null
        ? location
        : pack.location(Census.find(old, chunk, pack.entries()), location);
  }
}
