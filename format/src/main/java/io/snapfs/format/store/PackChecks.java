package io.snapfs.format.store;

import io.snapfs.format.Progress;
import io.snapfs.format.pack.PackFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Checks chunks on all cores. Owns threads and their {@link ChunkCheck}s; there is no more work in
 * flight than there are of these, so memory is bounded. Packs are handed in by one thread.
 */
final class PackChecks implements AutoCloseable {
  private static final String STEP = "verifying";

  private final List<ChunkCheck> checks = new ArrayList<>();
  private final BlockingQueue<ChunkCheck> idle;
  private final ExecutorService threads;
  private final Progress progress;
  private final long totalBytes;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private long doneChunks;
  private long doneBytes;

  PackChecks(boolean quick, long totalBytes, Progress progress) {
    int cores = Runtime.getRuntime().availableProcessors();
    this.progress = progress;
    this.totalBytes = totalBytes;
    idle = new ArrayBlockingQueue<>(cores);
    threads = Executors.newFixedThreadPool(cores, PackChecks::daemon);
    for (int i = 0; i < cores; i++) {
      checks.add(new ChunkCheck(quick));
    }
    idle.addAll(checks);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "snapfs-verify");
    thread.setDaemon(true);
    return thread;
  }

  /** Finds out which chunks of a pack are to be checked. */
  interface Lists {
    List<StoredChunks> get() throws IOException;
  }

  /** Takes over an open pack and checks chunks in it; returns before all of them are done. */
  void check(PackFile pack, Lists lists, ChunkCheck.Finding finding) throws IOException {
    AtomicInteger users = new AtomicInteger(1);
    try {
      for (StoredChunks chunks : lists.get()) {
        for (int from = 0; from < chunks.count(); from = endOfSpan(chunks, from)) {
          users.incrementAndGet();
          submit(pack, chunks, from, users, finding);
        }
      }
    } finally {
      release(users, pack);
    }
  }

  private void submit(
      PackFile pack, StoredChunks chunks, int from, AtomicInteger users, ChunkCheck.Finding finding)
      throws IOException {
    int to = endOfSpan(chunks, from);
    submit(
        check -> {
          try {
            check.check(pack, chunks, from, to, finding);
            count(to - from, storedBytes(chunks, from, to));
          } finally {
            release(users, pack);
          }
        });
  }

  private interface Work {
    void run(ChunkCheck check) throws IOException;
  }

  private void submit(Work work) throws InterruptedIOException {
    ChunkCheck check;
    try {
      check = idle.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("verification was interrupted");
    }
    threads.execute(
        () -> {
          try {
            work.run(check);
          } catch (IOException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
          } finally {
            idle.add(check);
          }
        });
  }

  private static void release(AtomicInteger users, PackFile pack) throws IOException {
    if (users.decrementAndGet() == 0) {
      pack.close();
    }
  }

  private static int endOfSpan(StoredChunks chunks, int from) throws IOException {
    long limit = chunks.location(from).offset() + ChunkCheck.SPAN_BYTES;
    int to = from + 1;
    while (to < chunks.count() && ChunkCheck.end(chunks, to) <= limit) {
      to++;
    }
    return to;
  }

  private static long storedBytes(StoredChunks chunks, int from, int to) throws IOException {
    long bytes = 0;
    for (int i = from; i < to; i++) {
      bytes += chunks.location(i).storedLength();
    }
    return bytes;
  }

  private synchronized void count(int chunks, long bytes) {
    doneChunks += chunks;
    doneBytes += bytes;
    progress.step(STEP, Math.min(doneBytes, totalBytes), totalBytes);
  }

  synchronized long chunks() {
    return doneChunks;
  }

  synchronized long storedBytes() {
    return doneBytes;
  }

  /** Returns when everything that was handed in has been checked. */
  void await() throws IOException {
    threads.shutdown();
    try {
      while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        // as long as it takes
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("verification was interrupted");
    }
    Throwable failed = failure.get();
    if (failed instanceof IOException e) {
      throw e;
    } else if (failed != null) {
      throw new IllegalStateException("a check failed", failed);
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true; // buffers and contexts are in use until the threads are done
      }
    }
    checks.forEach(ChunkCheck::close);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
