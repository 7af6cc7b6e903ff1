package io.snapfs.format.node;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Progress;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.read.ArtifactReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Materialises all files of an artifact, or all that fit, on purpose and at full speed. For one
 * run.
 *
 * <p>The longest files go first, since they gain most. Files that this run has filled or found are
 * recorded as used again and again, so that the room for a later one is never made by giving up an
 * earlier one, however long the run takes.
 */
public final class Materialization {
  private static final String STEP = "materialising";
  private static final long USE_NANOS = Space.YOUNG_NANOS / 4;

  /**
   * What came of it. Names of equal contents count as one file.
   *
   * @param files that are there now
   * @param bytes of them, as long as they are
   * @param filledFiles that were not there before
   * @param filledBytes that were written for those, without holes
   * @param leftOutFiles for which there is no room
   * @param leftOutBytes that those would take, without holes
   * @param busyFiles that another process is filling
   * @param shortFiles that are shorter than {@link NodeCache#LEAST_LENGTH}, or too long
   * @param nanos how long it took
   */
  public record Result(
      int files,
      long bytes,
      long filledFiles,
      long filledBytes,
      int leftOutFiles,
      long leftOutBytes,
      int busyFiles,
      int shortFiles,
      long nanos) {}

  /** One file to be filled or found. */
  private static final class Item {
    final ReaderSource source;
    final long bytes;
    long done;
    NodeCache.Outcome outcome;

    Item(ReaderSource source, long bytes) {
      this.source = source;
      this.bytes = bytes;
    }
  }

  private final NodeCache cache;
  private final ArtifactReader reader;
  private final ArtifactRef ref;
  private final Progress progress;
  private final Map<FileKey, Item> items = new LinkedHashMap<>();
  private final List<FileKey> there = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean failed;
  private long lastUse = System.nanoTime();
  private int shortFiles;
  private long total;
  private long done;

  /**
   * Prepares a run.
   *
   * @param cache gets the files; stays the caller's
   * @param reader of the artifact; stays the caller's
   * @param ref what the artifact is called
   */
  public Materialization(
      NodeCache cache, ArtifactReader reader, ArtifactRef ref, Progress progress) {
    this.cache = cache;
    this.reader = reader;
    this.ref = ref;
    this.progress = progress;
  }

  /**
   * Fills what is not there.
   *
   * @param jobs files that are filled at a time, at least 1
   * @throws IOException the first failure: a file that can't be read, or a directory that can't be
   *     written to; what was filled until then stays
   */
  public Result run(int jobs) throws IOException {
    long start = System.nanoTime();
    long filledFiles = cache.stats().filled();
    long filledBytes = cache.stats().filledBytes();
    collect();
    List<Map.Entry<FileKey, Item>> ordered = new ArrayList<>(items.entrySet());
    ordered.sort(
        Comparator.comparingLong(
                (Map.Entry<FileKey, Item> entry) -> entry.getValue().source.node().size())
            .reversed());
    workAll(ordered, Math.min(jobs, Math.max(1, ordered.size())));
    return new Result(
        count(NodeCache.Outcome.THERE),
        lengths(),
        cache.stats().filled() - filledFiles,
        cache.stats().filledBytes() - filledBytes,
        count(NodeCache.Outcome.NO_ROOM),
        leftOutBytes(),
        count(NodeCache.Outcome.BUSY),
        shortFiles,
        System.nanoTime() - start);
  }

  private void collect() throws IOException {
    Manifest manifest = reader.manifest();
    for (int i = 0; i < manifest.nodeCount(); i++) {
      Node node = manifest.node(i);
      if (node.isRegular() && NodeCache.isWorthwhile(node)) {
        long bytes = Filling.bytesOf(manifest, node);
        Item item = new Item(new ReaderSource(reader, ref, node), bytes);
        if (items.putIfAbsent(FileKey.of(manifest, node), item) == null) {
          total += bytes;
        }
      } else if (node.isRegular()) {
        shortFiles++;
      }
    }
  }

  /** Returns when no thread works any more. */
  private void workAll(List<Map.Entry<FileKey, Item>> ordered, int jobs) throws IOException {
    ExecutorService executor = Executors.newFixedThreadPool(jobs);
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      workers.add(executor.submit(() -> work(ordered)));
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
  private Void work(List<Map.Entry<FileKey, Item>> ordered) throws IOException {
    for (int i = next.getAndIncrement();
        i < ordered.size() && !failed;
        i = next.getAndIncrement()) {
      Item item = ordered.get(i).getValue();
      useAll();
      try {
        NodeCache.Outcome outcome = cache.materialize(item.source, bytes -> step(item, bytes));
        ended(ordered.get(i).getKey(), item, outcome);
      } catch (IOException e) {
        failed = true;
        throw e;
      }
    }
    return null;
  }

  private synchronized void ended(FileKey key, Item item, NodeCache.Outcome outcome) {
    item.outcome = outcome;
    if (outcome == NodeCache.Outcome.THERE) {
      there.add(key);
    }
    step(item, item.bytes);
  }

  /** Checks count holes, so it is never more than the file's own bytes. */
  private synchronized void step(Item item, long bytes) {
    long more = Math.min(bytes, item.bytes - item.done);
    item.done += more;
    done += more;
    progress.step(STEP, done, total);
  }

  private void useAll() {
    List<FileKey> keys;
    synchronized (this) {
      long now = System.nanoTime();
      if (now - lastUse < USE_NANOS) {
        return;
      }
      lastUse = now;
      keys = List.copyOf(there);
    }
    for (FileKey key : keys) {
      try (NodeFile file = cache.acquire(key)) {
        assert file == null || file.length() >= NodeCache.LEAST_LENGTH;
      }
    }
  }

  private int count(NodeCache.Outcome outcome) {
    return (int) items.values().stream().filter(item -> item.outcome == outcome).count();
  }

  private long lengths() {
    return items.values().stream()
        .filter(item -> item.outcome == NodeCache.Outcome.THERE)
        .mapToLong(item -> item.source.node().size())
        .sum();
  }

  private long leftOutBytes() {
    return items.values().stream()
        .filter(item -> item.outcome == NodeCache.Outcome.NO_ROOM)
        .mapToLong(item -> item.bytes)
        .sum();
  }

  private static IOException failureOf(Future<?> worker) {
    try {
      worker.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new InterruptedIOException("interrupted while materialising");
    }
  }
}
