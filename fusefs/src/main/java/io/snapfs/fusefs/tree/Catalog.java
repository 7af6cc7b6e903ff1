package io.snapfs.fusefs.tree;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.blob.BlobInfo;
import io.snapfs.format.blob.BlobStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Which artifacts there are. Looks at the store only when asked, and seldom. Safe for use by many
 * threads.
 */
final class Catalog {
  private static final long FRESH_MILLIS = 400;

  private static final String MANIFESTS = "artifacts/";

  private final BlobStore blobs;
  private Map<String, Long> inos = new HashMap<>();
  private long nextIno = InodeNumbers.FIRST_NAME;
  private Listing listing;
  private long listedAt;

  Catalog(BlobStore blobs) {
    this.blobs = blobs;
  }

  /** The artifacts as they are now or were a moment ago. */
  synchronized Listing current() throws IOException {
    long age = System.nanoTime() - listedAt;
    boolean fresh = listing != null && age <= TimeUnit.MILLISECONDS.toNanos(FRESH_MILLIS);
    return fresh ? listing : latest();
  }

  /**
   * The artifacts as they are now, listed anew: what was published before the call is there,
   * however shortly before. Only names that are looked for in vain cost this.
   */
  synchronized Listing latest() throws IOException {
    listing = list();
    listedAt = System.nanoTime();
    return listing;
  }

  private Listing list() throws IOException {
    long begun = System.nanoTime();
    Map<ArtifactRef, BlobInfo> manifests = new HashMap<>();
    blobs.list(
        MANIFESTS,
        info -> {
          ArtifactRef ref = ArtifactRef.fromKey(info.key());
          if (ref != null) {
            manifests.put(ref, info);
          }
        });
    Map<String, Long> kept = new HashMap<>();
    Listing result = Listing.of(manifests, name -> kept.computeIfAbsent(name, this::ino), begun);
    inos = kept;
    return result;
  }

  /** A name that comes back after it was gone is another directory. */
  private long ino(String name) {
    Long known = inos.get(name);
    return known != null ? known : nextIno++;
  }
}
