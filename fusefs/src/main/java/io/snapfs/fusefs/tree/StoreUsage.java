package io.snapfs.fusefs.tree;

import io.snapfs.format.blob.BlobStore;
import io.snapfs.fusefs.view.FileSystemView.Usage;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * How much the store takes: the bytes of its packs. Counted anew when it is asked for after some
 * seconds. Safe for use by many threads.
 */
final class StoreUsage {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final String PACKS = "packs/";

  private final BlobStore blobs;
  private Usage usage;
  private long countedAt;

  StoreUsage(BlobStore blobs) {
    this.blobs = blobs;
  }

  synchronized Usage current() throws IOException {
    long now = System.nanoTime();
    if (usage == null || now - countedAt > FRESH_NANOS) {
      long[] bytes = {0};
      blobs.list(PACKS, info -> bytes[0] += info.length());
      usage = new Usage(bytes[0], 0);
      countedAt = now;
    }
    return usage;
  }
}
