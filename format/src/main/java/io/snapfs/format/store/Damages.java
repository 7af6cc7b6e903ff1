package io.snapfs.format.store;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.ChunkId;
import io.snapfs.format.CorruptException;
import io.snapfs.format.PackId;
import io.snapfs.format.store.VerifyReport.AffectedFile;
import io.snapfs.format.store.VerifyReport.Damage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Collects what a verification finds. Safe for use by many threads. */
final class Damages {
  /** Files that are listed with one damage. */
  static final int MAX_FILES = 100;

  /** A damage whose files are still being found. */
  static final class Entry {
    private final String problem;
    private final String resource;
    private final long offset;
    private final PackId pack;
    private final ChunkId chunk;
    private final ArtifactRef artifact;
    private final List<AffectedFile> files = new ArrayList<>();
    private long moreFiles;

    private Entry(
        IOException e, String resource, long offset, PackId pack, ChunkId chunk, ArtifactRef ref) {
      this(e.getMessage(), e, resource, offset, pack, chunk, ref);
    }

    private Entry(
        String problem,
        IOException e,
        String resource,
        long offset,
        PackId pack,
        ChunkId chunk,
        ArtifactRef ref) {
      this.problem = problem;
      this.resource = e instanceof CorruptException corrupt ? corrupt.resource() : resource;
      this.offset = e instanceof CorruptException corrupt ? corrupt.offset() : offset;
      this.pack = pack;
      this.chunk = chunk;
      this.artifact = ref;
    }

    synchronized void hits(ArtifactRef ref, String path) {
      if (files.size() < MAX_FILES) {
        files.add(new AffectedFile(ref, path));
      } else {
        moreFiles++;
      }
    }

    private synchronized Damage toDamage() {
      return new Damage(problem, resource, offset, pack, chunk, artifact, files, moreFiles);
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  /** Something about the store as a whole. */
  Entry store(String resource, IOException e) {
    return add(new Entry(e, resource, -1, null, null, null));
  }

  /** Something about a manifest. */
  Entry manifest(ArtifactRef ref, String resource, IOException e) {
    return add(new Entry(e, resource, -1, null, null, ref));
  }

  /** Something about a profile. */
  Entry profile(ArtifactRef ref, String resource, IOException e) {
    String advice =
        e.getMessage()
            + "; "
            + ref
            + " is read without it: 'snapfs profile rm' removes it, 'snapfs profile add' replaces it";
    return add(new Entry(advice, e, resource, -1, null, null, ref));
  }

  /** Something about a pack as a whole. */
  Entry pack(PackId pack, String resource, IOException e) {
    return add(new Entry(e, resource, -1, pack, null, null));
  }

  /** Something about one stored chunk. */
  Entry chunk(PackId pack, ChunkId chunk, String resource, long offset, IOException e) {
    return add(new Entry(e, resource, offset, pack, chunk, null));
  }

  private synchronized Entry add(Entry entry) {
    entries.add(entry);
    return entry;
  }

  synchronized boolean isEmpty() {
    return entries.isEmpty();
  }

  synchronized List<Damage> list() {
    return entries.stream().map(Entry::toDamage).toList();
  }
}
