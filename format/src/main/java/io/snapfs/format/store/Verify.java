package io.snapfs.format.store;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.PackId;
import io.snapfs.format.Progress;
import io.snapfs.format.TooNewException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.pack.PackFile;
import io.snapfs.format.pack.PackIndex;
import io.snapfs.format.profile.Profile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks a store, or one artifact, against FORMAT.md, and goes on after damage:
 *
 * <ol>
 *   <li>the descriptor, and every manifest by itself
 *   <li>every pack: header, footer, index, and each stored chunk by its checksum; unless it is to
 *       be quick, chunks are decoded too and their ids computed anew. Where an index is damaged,
 *       chunks are checked as far as manifests know them.
 *   <li>that manifests and indexes say the same, and which files the damage hits
 *   <li>the profiles of the artifacts, which are damage though no file suffers
 * </ol>
 *
 * Takes no lock and changes nothing. What is removed while it runs is not missed; what is published
 * while it runs may not be checked. Memory: 24 bytes per stored chunk, and 12 MiB per core.
 */
public final class Verify {
  private final Store store;
  private final ArtifactRef only;
  private final boolean quick;
  private final Progress progress;
  private final Damages damages = new Damages();
  private final Map<PackId, PackFindings> findings = new HashMap<>();
  private final List<Census.Counted> sound = new ArrayList<>();

  /** Made only for artifacts that are asked, which is where an index does not say all. */
  private final Map<Census.Counted, ChunksByPack> sorted = new HashMap<>();

  private int artifacts;
  private int profiles;

  private Verify(Store store, ArtifactRef only, boolean quick, Progress progress) {
    this.store = store;
    this.only = only;
    this.quick = quick;
    this.progress = progress;
  }

  /**
   * Verifies.
   *
   * @param only the artifact to check, with the chunks that it uses, or null for the whole store
   * @param quick check structure and checksums, don't decode
   * @throws MissingException if there is no such artifact
   * @throws io.snapfs.format.TooNewException if something can't be checked by this build
   */
  public static VerifyReport run(Store store, ArtifactRef only, boolean quick, Progress progress)
      throws IOException {
    return new Verify(store, only, quick, progress).run();
  }

  private VerifyReport run() throws IOException {
    checkDescriptor();
    Map<PackId, Long> lengths = store.packs(); // before the manifests: those need no others
    checkManifests();
    Set<PackId> needed = needed();
    Set<PackId> packs = new LinkedHashSet<>(needed);
    if (only == null) {
      packs.addAll(lengths.keySet());
    }
    long total = packs.stream().mapToLong(pack -> lengths.getOrDefault(pack, 0L)).sum();
    long chunks;
    long bytes;
    try (PackChecks checks = new PackChecks(quick, total, progress)) {
      for (PackId pack : packs) {
        checkPack(pack, needed.contains(pack), checks);
      }
      checks.await();
      chunks = checks.chunks();
      bytes = checks.storedBytes();
    }
    for (Census.Counted artifact : sound) {
      new CrossCheck(artifact, findings, damages).run();
      checkProfile(artifact);
    }
    return new VerifyReport(
        quick,
        artifacts,
        packs.size(),
        chunks,
        bytes,
        profiles,
        damages.list(),
        orphans(lengths, needed));
  }

  private void checkDescriptor() throws IOException {
    try {
      Store.readDescriptor(store.blobs());
    } catch (TooNewException e) {
      throw e;
    } catch (IOException e) {
      damages.store(store.location(), e);
    }
  }

  private void checkManifests() throws IOException {
    if (only != null) {
      checkManifest(only);
      return;
    }
    List<ArtifactRef> refs = store.artifacts();
    for (ArtifactRef ref : refs) {
      progress.step("checking manifests (artifacts)", artifacts, refs.size());
      try {
        checkManifest(ref);
      } catch (MissingException e) {
        // removed since it was listed
      }
    }
  }

  private void checkManifest(ArtifactRef ref) throws IOException {
    int[] problems = {0};
    try {
      Manifest manifest = store.manifest(ref);
      manifest.checkAll(
          problem -> {
            problems[0]++;
            damages.manifest(ref, manifest.resource(), problem);
          });
      if (problems[0] == 0) {
        sound.add(new Census.Counted(ref, manifest));
      }
    } catch (MissingException | TooNewException e) {
      throw e;
    } catch (IOException e) {
      damages.manifest(ref, store.blobs().describe(ref.key()), e);
    }
    artifacts++;
  }

  private void checkProfile(Census.Counted artifact) throws IOException {
    try {
      profiles += Profiles.find(store, artifact.manifest()) == null ? 0 : 1;
    } catch (TooNewException e) {
      throw e;
    } catch (IOException e) {
      profiles++;
      String key = Profile.key(artifact.manifest().contentId());
      damages.profile(artifact.ref(), store.blobs().describe(key), e);
    }
  }

  private Set<PackId> needed() throws IOException {
    Set<PackId> needed = new LinkedHashSet<>();
    for (Census.Counted artifact : sound) {
      for (int i = 0; i < artifact.manifest().packCount(); i++) {
        needed.add(artifact.manifest().packId(i));
      }
    }
    return needed;
  }

  private void checkPack(PackId id, boolean needed, PackChecks checks) throws IOException {
    String resource = store.blobs().describe(id.key());
    try {
      PackFile pack = store.openPack(id, -1);
      PackFindings found = new PackFindings(pack.length());
      findings.put(id, found);
      checks.check(
          pack,
          () -> toCheck(id, openIndex(id, resource, found)),
          (chunk, location, e) ->
              found.damaged(
                  location.offset(),
                  () -> damages.chunk(id, chunk, resource, location.offset(), e)));
    } catch (MissingException e) {
      lost(id, needed, resource, e);
    } catch (TooNewException e) {
      throw e;
    } catch (IOException e) {
      findings.put(id, PackFindings.unusable(damages.pack(id, resource, e)));
    }
  }

  /** A pack that isn't there: removed by a gc meanwhile, or lost. */
  private void lost(PackId id, boolean needed, String resource, MissingException e)
      throws IOException {
    if (needed && stillNeeded(id)) {
      CorruptException lost = new CorruptException(resource, -1, "it is lost", e);
      findings.put(id, PackFindings.unusable(damages.pack(id, resource, lost)));
    }
  }

  private boolean stillNeeded(PackId id) throws IOException {
    for (Census.Counted artifact : sound) {
      try {
        Manifest now = store.manifest(artifact.ref());
        for (int i = 0; i < now.packCount(); i++) {
          if (now.packId(i).equals(id)) {
            return true;
          }
        }
      } catch (MissingException | CorruptException e) {
        // removed meanwhile, or damaged and reported
      }
    }
    return false;
  }

  /** Null if it can't be read. */
  private PackIndex openIndex(PackId id, String resource, PackFindings found) throws IOException {
    try {
      PackIndex index = store.openIndex(id);
      found.setEntries(PackEntries.of(index));
      return index;
    } catch (MissingException e) {
      return null; // removed since it was opened
    } catch (TooNewException e) {
      throw e;
    } catch (IOException e) {
      damages.pack(id, resource, e);
      return null;
    }
  }

  private List<StoredChunks> toCheck(PackId id, PackIndex index) throws IOException {
    if (index != null && only == null) {
      return List.of(StoredChunks.of(index));
    }
    List<StoredChunks> known = new ArrayList<>();
    for (Census.Counted artifact : sound) {
      Manifest manifest = artifact.manifest();
      for (int i = 0; i < manifest.packCount(); i++) {
        if (manifest.packId(i).equals(id)) {
          known.add(chunksOf(artifact).of(i));
        }
      }
    }
    return known;
  }

  private ChunksByPack chunksOf(Census.Counted artifact) throws IOException {
    ChunksByPack chunks = sorted.get(artifact);
    if (chunks == null) {
      chunks = new ChunksByPack(artifact.manifest());
      sorted.put(artifact, chunks);
    }
    return chunks;
  }

  private List<PackId> orphans(Map<PackId, Long> lengths, Set<PackId> needed) {
    if (only != null || sound.size() < artifacts) {
      return List.of();
    }
    Set<PackId> orphans = new HashSet<>(lengths.keySet());
    orphans.removeAll(needed);
    return List.copyOf(orphans);
  }
}
