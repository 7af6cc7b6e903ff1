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

  /** So that programs that look for many things in vain do not keep the store busy. */
  private static final long LATEST_MILLIS = 20;

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
  Listing current() throws IOException {
    return notOlderThan(FRESH_MILLIS);
  }

  /** The artifacts as they are now, to find one that was published this moment. */
  Listing latest() throws IOException {
    return notOlderThan(LATEST_MILLIS);
  }

  private synchronized Listing notOlderThan(long millis) throws IOException {
    long now = System.nanoTime();
    if (listing == null || now - listedAt > TimeUnit.MILLISECONDS.toNanos(millis)) {
      listing = list();
      listedAt = now;
    }
    return listing;
  }

  private Listing list() throws IOException {
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
    Listing result = Listing.of(manifests, name -> kept.computeIfAbsent(name, this::ino));
    inos = kept;
    return result;
  }

  /** A name that comes back after it was gone is another directory. */
  private long ino(String name) {
    Long known = inos.get(name);
    return known != null ? known : nextIno++;
  }
}
