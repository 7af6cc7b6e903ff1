package io.snapfs.format.store;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.ChunkId;
import io.snapfs.format.PackId;
import java.util.List;

/**
 * What a verification found.
 *
 * @param quick whether chunks were only checked by checksum, not decoded
 * @param artifacts artifacts that were checked
 * @param packs packs that were checked
 * @param chunks stored chunks that were checked
 * @param storedBytes stored bytes of these
 * @param profiles profiles of these artifacts that were checked
 * @param damages everything that is wrong, in no order
 * @param orphans packs that no artifact refers to: no damage, gc frees them. Not known, and empty,
 *     if one artifact was asked for or a manifest is damaged
 */
public record VerifyReport(
    boolean quick,
    int artifacts,
    int packs,
    long chunks,
    long storedBytes,
    int profiles,
    List<Damage> damages,
    List<PackId> orphans) {

  /** Takes copies of the lists. */
  public VerifyReport {
    damages = List.copyOf(damages);
    orphans = List.copyOf(orphans);
  }

  /** True if nothing is wrong. */
  public boolean isClean() {
    return damages.isEmpty();
  }

  /**
   * One thing that is wrong.
   *
   * @param problem a sentence that names the place, what was expected and what is there
   * @param resource the blob, as the user can find it
   * @param offset in the blob, or -1
   * @param pack the pack that is hit, or null
   * @param chunk the stored chunk that is hit, or null if it isn't a single one
   * @param artifact the artifact whose manifest or profile is hit, or null
   * @param files files that can't be read because of it, at most {@value Damages#MAX_FILES}
   * @param moreFiles how many there are besides
   */
  public record Damage(
      String problem,
      String resource,
      long offset,
      PackId pack,
      ChunkId chunk,
      ArtifactRef artifact,
      List<AffectedFile> files,
      long moreFiles) {

    /** Takes a copy of the list. */
    public Damage {
      files = List.copyOf(files);
    }
  }

  /**
   * A file that damage hits.
   *
   * @param path as {@link io.snapfs.format.manifest.Manifest#display} shows it
   */
  public record AffectedFile(ArtifactRef artifact, String path) {}
}
