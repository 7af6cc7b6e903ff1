package io.snapfs.format.manifest;

import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a manifest anew for chunks that moved to other packs: what the artifact is, and so its
 * content id, stays. Only PACKS, CHUNK_LOCATIONS and the stored bytes in SUMMARY change; sections
 * of unknown types are copied.
 */
public final class ManifestRelocation {
  /**
   * A pack of the new manifest.
   *
   * @param length of its file, bytes
   */
  public record PackEntry(PackId id, long length) {}

  /**
   * Where a chunk is now.
   *
   * @param pack index into the new packs
   */
  public record Placement(int pack, ChunkLocation location) {}

  /** Tells where each chunk is now. */
  @FunctionalInterface
  public interface Mapper {
    /** Called once per chunk, ascending; the plain length must not change. */
    Placement place(int chunk) throws IOException;
  }

  private ManifestRelocation() {}

  /**
   * Writes the new manifest; the caller publishes the blob.
   *
   * @param scratch a directory for temporary files
   * @throws CorruptException if the old manifest is damaged: its content must match its content id
   */
  public static void write(
      Manifest old, List<PackEntry> packs, Mapper mapper, BlobWriter out, Path scratch)
      throws IOException {
    try (Spills spills = new Spills(scratch)) {
      for (PackEntry pack : packs) {
        PackTable.append(spills.table(SectionType.PACKS), pack.id(), pack.length());
      }
      ExtentWriter chunks = new ExtentWriter(spills);
      for (int chunk = 0; chunk < old.chunkCount(); chunk++) {
        Placement placement = mapper.place(chunk);
        if (placement.location().plainLength() != old.chunkPlainLength(chunk)) {
          throw new IllegalArgumentException(
              "chunk " + chunk + " changes its length: " + placement.location());
        }
        chunks.addChunk(old.chunkId(chunk), placement.pack(), placement.location());
      }
      chunks.finish();
      SummaryTable.append(
          spills.table(SectionType.SUMMARY), old.summary().withStoredBytes(chunks.storedBytes()));
      ManifestSealer sealer =
          new ManifestSealer(sources(old, spills), old.file().header().optionalFeatures());
      if (!Arrays.equals(sealer.contentId(), old.contentId())) {
        throw new CorruptException(old.resource(), -1, "its content has another content id");
      }
      sealer.writeTo(out);
    }
  }

  private static List<SectionSource> sources(Manifest old, Spills spills) {
    List<SectionSource> sources = new ArrayList<>();
    for (Section section : old.file().sections()) {
      SectionType type = SectionType.of(section.type());
      sources.add(
          type == SectionType.PACKS
                  || type == SectionType.CHUNK_LOCATIONS
                  || type == SectionType.SUMMARY
              ? spills.table(type).source()
              : SectionSource.of(old.file().bytes(), section));
    }
    return sources;
  }
}
