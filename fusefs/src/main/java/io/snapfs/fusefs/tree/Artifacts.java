package io.snapfs.fusefs.tree;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.blob.BlobInfo;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Recorder;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The artifacts that somebody has looked at: by name and tag as they are now, and by generation as
 * long as somebody holds a handle. Safe for use by many threads.
 */
final class Artifacts {
  /** What a name and tag stand for, as of a listing. */
  private record Current(Artifact artifact, BlobInfo manifest, long listedNanos) {
    boolean isNewerThan(Listing listing) {
      return listedNanos - listing.begunNanos() > 0;
    }
  }

  private final Store store;
  private final ChunkCache cache;
  private final Recorder recorder;
  private final FailureLog failures;
  private final Map<ArtifactRef, Current> current = new HashMap<>();
  private final Map<Integer, Artifact> generations = new ConcurrentHashMap<>();
  private int lastGeneration;

  /**
   * @param recorder records what is read, or null
   * @param failures is told of what no reader sees
   */
  Artifacts(Store store, ChunkCache cache, Recorder recorder, FailureLog failures) {
    this.store = store;
    this.cache = cache;
    this.recorder = recorder;
    this.failures = failures;
  }

  /** The artifact of an inode, null if it is gone and nobody held it. */
  Artifact ofGeneration(int generation) {
    return generations.get(generation);
  }

  /** The inode number of an artifact's root if it is known without opening it. */
  synchronized long knownRoot(ArtifactRef ref) {
    Current known = current.get(ref);
    return known == null ? InodeNumbers.UNKNOWN : InodeNumbers.of(known.artifact.generation(), 0);
  }

  /**
   * What a name and tag stand for.
   *
   * @param listing has it
   * @throws io.snapfs.format.MissingException if it has gone meanwhile
   */
  synchronized Artifact open(ArtifactRef ref, Listing listing) throws IOException {
    BlobInfo listed = listing.manifest(ref);
    Current known = current.get(ref);
    if (known != null && known.manifest.equals(listed)) {
      return known.artifact;
    }
    Manifest manifest = store.manifest(ref);
    Artifact artifact;
    if (known != null && known.artifact.hasContentOf(manifest)) {
      artifact = known.artifact;
      artifact.moved(manifest);
    } else {
      artifact = new Artifact(store, cache, recorder, failures, ref, ++lastGeneration, manifest);
      generations.put(artifact.generation(), artifact);
    }
    current.put(ref, new Current(artifact, listed, listing.begunNanos()));
    return artifact;
  }

  /**
   * Lets go of what the listing no longer has and of what has been idle. What was opened by a newer
   * listing stays: it may have been published since.
   *
   * @param idleNanos how long packs are held without a handle
   * @return what was known and is no longer listed
   */
  synchronized List<ArtifactRef> tidy(Listing listing, long idleNanos) {
    List<ArtifactRef> gone =
        current.entrySet().stream()
            .filter(each -> !each.getValue().isNewerThan(listing))
            .map(Map.Entry::getKey)
            .filter(ref -> listing.manifest(ref) == null)
            .toList();
    gone.forEach(current::remove);
    generations.values().removeIf(each -> !isCurrent(each) && each.isUnusedAfterGoing());
    generations.values().forEach(each -> each.closeIfIdle(idleNanos));
    return gone;
  }

  private boolean isCurrent(Artifact artifact) {
    Current now = current.get(artifact.ref());
    return now != null && now.artifact == artifact;
  }

  /** True if nothing is known, and so nothing to tidy. */
  boolean isEmpty() {
    return generations.isEmpty();
  }

  synchronized void close() {
    generations.values().forEach(Artifact::closeReader);
    generations.clear();
    current.clear();
  }
}
