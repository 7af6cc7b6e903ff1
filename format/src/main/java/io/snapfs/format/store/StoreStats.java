package io.snapfs.format.store;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.PackId;
import io.snapfs.format.Progress;
import io.snapfs.format.manifest.Summary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the artifacts of a store take, and what they share. All in bytes unless named otherwise.
 *
 * @param artifacts sorted by name
 * @param packs number of packs
 * @param packFileBytes lengths of the pack files
 * @param storedBytes stored chunks, without headers and indexes
 * @param deadBytes of those, what no artifact refers to
 */
public record StoreStats(
    List<ArtifactStats> artifacts,
    int packs,
    long packFileBytes,
    long storedBytes,
    long deadBytes) {

  /**
   * One artifact.
   *
   * @param logicalBytes sum of the sizes of its regular files
   * @param plainBytes plain length of its distinct chunks
   * @param storedBytes stored length of its distinct chunks
   * @param uniqueBytes of those, what no other artifact refers to: what removing it would free
   */
  public record ArtifactStats(
      ArtifactRef ref, long logicalBytes, long plainBytes, long storedBytes, long uniqueBytes) {}

  /**
   * Reads all manifests and pack indexes.
   *
   * @throws io.snapfs.format.CorruptException if one is damaged
   */
  public static StoreStats of(Store store, Progress progress) throws IOException {
    Census census = Census.take(store, progress);
    long[] unique = new long[census.artifacts().size()];
    long fileBytes = 0;
    long stored = 0;
    long dead = 0;
    for (PackId id : census.lengths().keySet()) {
      PackEntries pack = census.pack(id);
      fileBytes += census.lengths().get(id);
      stored += pack.storedBytes();
      dead += pack.storedBytes() - pack.liveBytes();
      for (int i = 0; i < pack.count(); i++) {
        if (pack.owner(i) >= 0) {
          unique[pack.owner(i)] += pack.storedLength(i);
        }
      }
    }
    List<ArtifactStats> artifacts = new ArrayList<>();
    for (Census.Counted counted : census.artifacts()) {
      Summary summary = counted.manifest().summary();
      artifacts.add(
          new ArtifactStats(
              counted.ref(),
              summary.logicalBytes(),
              summary.plainBytes(),
              summary.storedBytes(),
              unique[artifacts.size()]));
    }
    return new StoreStats(artifacts, census.lengths().size(), fileBytes, stored, dead);
  }

  /** Sum of the artifacts' logical bytes. */
  public long logicalBytes() {
    return artifacts.stream().mapToLong(ArtifactStats::logicalBytes).sum();
  }

  /** Stored bytes that some artifact refers to. */
  public long liveBytes() {
    return storedBytes - deadBytes;
  }

  /**
   * How many times the store would grow if artifacts shared nothing: the sum of their stored bytes
   * over the bytes that are there once. 1 if nothing is shared or the store is empty.
   */
  public double dedupRatio() {
    long sum = artifacts.stream().mapToLong(ArtifactStats::storedBytes).sum();
    return liveBytes() == 0 ? 1 : (double) sum / liveBytes();
  }
}
