package io.snapfs.tools.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * Starts the readers of a plan at one moment and adds up what they saw. The files are open and the
 * memory is there before the clock starts.
 */
public final class ReadRound {
  private final ReadPlan plan;
  private final CountDownLatch waiting;
  private final CountDownLatch begin = new CountDownLatch(1);
  private final CountDownLatch ended;
  private volatile boolean failed;
  private volatile long startNanos;

  private ReadRound(ReadPlan plan) {
    this.plan = plan;
    this.waiting = new CountDownLatch(plan.readers());
    this.ended = new CountDownLatch(plan.readers());
  }

  /**
   * Reads as planned.
   *
   * @throws IOException if one of the readers fails; the others are stopped
   */
  public static ReadResult run(ReadPlan plan) throws IOException {
    return new ReadRound(plan).run();
  }

  private ReadResult run() throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(plan.readers());
    try {
      List<Future<FileReader.Seen>> readers = new ArrayList<>();
      for (int i = 0; i < plan.readers(); i++) {
        readers.add(threads.submit(new FileReader(plan, i, this)));
      }
      waiting.await();
      startNanos = System.nanoTime();
      begin.countDown();
      ended.await();
      return sum(System.nanoTime() - startNanos, readers);
    } catch (InterruptedException e) {
      failed = true;
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted while reading");
      failure.initCause(e);
      throw failure;
    } finally {
      threads.shutdown();
    }
  }

  private static ReadResult sum(long nanos, List<Future<FileReader.Seen>> readers)
      throws IOException, InterruptedException {
    long bytes = 0;
    Histogram latencies = null;
    for (Future<FileReader.Seen> reader : readers) {
      try {
        FileReader.Seen seen = reader.get();
        bytes += seen.bytes();
        if (latencies == null) {
          latencies = seen.latencies();
        } else {
          latencies.add(seen.latencies());
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
      }
    }
    return new ReadResult(nanos, bytes, latencies);
  }

  /** A reader is ready; returns when all are, with the moment at which it must end. */
  long awaitStart() throws InterruptedException {
    waiting.countDown();
    begin.await();
    // Differences of moments count, so an overflow does no harm.
    return startNanos + Math.min(plan.nanos(), Long.MAX_VALUE / 2);
  }

  /** A reader has ended, at whatever point. */
  void readerEnded(boolean succeeded) {
    if (!succeeded) {
      failed = true;
      waiting.countDown(); // it may have failed before it was ready
    }
    ended.countDown();
  }

  /** Whether the others need not go on. */
  boolean hasFailed() {
    return failed;
  }
}
