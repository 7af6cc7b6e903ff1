package io.snapfs.format.prefetch;

import io.snapfs.format.Progress;
import io.snapfs.format.blob.BlobReader;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.linux.PageAligned;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Brings manifest and stored chunks of an artifact into the system's page cache. For one run. */
public final class Prefetch {
  private static final String STEP = "prefetching";

  private final Store store;
  private final OpenArtifact artifact;
  private final Progress progress;
  private final AtomicLong done = new AtomicLong();
  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean failed;
  private long total;

  /**
   * @param artifact of the store; stays the caller's to close
   */
  public Prefetch(Store store, OpenArtifact artifact, Progress progress) {
    this.store = store;
    this.artifact = artifact;
    this.progress = progress;
  }

  /**
   * Asks for all stored chunks of an artifact to be brought near, without waiting for them longer
   * than it takes to ask. What is in the page cache costs nothing.
   *
   * @throws IOException if a pack can't be opened
   */
  public static void ask(OpenArtifact artifact) throws IOException {
    for (StoredRanges.Range range : StoredRanges.of(artifact.manifest())) {
      artifact.pack(range.pack()).willNeed(range.offset(), range.length());
    }
  }

  /**
   * Reads everything once.
   *
   * @param jobs requests in flight, at least 1
   * @throws IOException the first failure; what was read until then stays in the page cache
   */
  public PrefetchResult run(int jobs) throws IOException {
    long start = System.nanoTime();
    try (BlobReader manifest = store.blobs().open(artifact.ref().key())) {
      List<StoredRanges.Range> ranges = StoredRanges.of(artifact.manifest());
      long chunkBytes = ranges.stream().mapToLong(StoredRanges.Range::length).sum();
      total = manifest.length() + chunkBytes;
      readManifest(manifest);
      workAll(ranges, jobs);
    }
    return new PrefetchResult(done.get(), System.nanoTime() - start);
  }

  private void readManifest(BlobReader manifest) throws IOException {
    ByteBuffer buffer = PageAligned.allocate(StoredRanges.MOST);
    for (long at = 0; at < manifest.length(); at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), manifest.length() - at));
      manifest.readFully(at, buffer);
      progress.step(STEP, done.addAndGet(buffer.limit()), total);
    }
  }

  /** Returns when no thread works any more. */
  private void workAll(List<StoredRanges.Range> ranges, int jobs) throws IOException {
    ExecutorService executor = Executors.newFixedThreadPool(jobs);
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      workers.add(executor.submit(() -> work(ranges)));
    }
    executor.shutdown();
    IOException first = null;
    for (Future<?> worker : workers) {
      IOException failure = failureOf(worker);
      first = first == null ? failure : first;
    }
    if (first != null) {
      throw first;
    }
  }

  /** Returns null: it throws what fails. */
  private Void work(List<StoredRanges.Range> ranges) throws IOException {
    ByteBuffer buffer = PageAligned.allocate(StoredRanges.MOST);
    for (int i = next.getAndIncrement(); i < ranges.size() && !failed; i = next.getAndIncrement()) {
      StoredRanges.Range range = ranges.get(i);
      buffer.clear().limit(range.length());
      try {
        artifact.pack(range.pack()).readStored(range.offset(), buffer);
      } catch (IOException e) {
        failed = true;
        throw e;
      }
      progress.step(STEP, done.addAndGet(range.length()), total);
    }
    return null;
  }

  private static IOException failureOf(Future<?> worker) {
    try {
      worker.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new InterruptedIOException("interrupted while prefetching");
    }
  }
}
