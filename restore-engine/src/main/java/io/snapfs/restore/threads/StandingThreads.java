package io.snapfs.restore.threads;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns threads that stay when they have done their work. To start a thread takes until it has had
 * its first turn, which is milliseconds where the processors are busy; who starts a restore would
 * wait for that.
 *
 * <p>Work is never queued: where all threads are busy, one more is started, and ends when there was
 * nothing for it to do for a minute. A thread that has been given a priority keeps it, so all work
 * of one of these should want the same. Safe for use by many threads.
 */
public final class StandingThreads implements AutoCloseable {
  private static final long IDLE_SECONDS = 60;

  private final AtomicInteger started = new AtomicInteger();
  private final ThreadPoolExecutor threads;

  /**
   * Starts them.
   *
   * @param name what their names begin with
   * @param standing how many always stay; they don't keep the JVM from ending
   */
  public StandingThreads(String name, int standing) {
    threads =
        new ThreadPoolExecutor(
            standing,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> {
              Thread thread = new Thread(work, name + '-' + started.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    threads.prestartAllCoreThreads();
  }

  /**
   * Has some work begun at once. What it throws ends its thread, as it would any other.
   *
   * @throws java.util.concurrent.RejectedExecutionException if this was closed
   */
  public void run(Runnable work) {
    threads.execute(work);
  }

  /** The threads end when they have done their work; nobody waits for that. Idempotent. */
  @Override
  public void close() {
    threads.shutdown();
  }

  /** Waits until all work is done, after {@link #close}. An interrupt is kept for later. */
  public void join() {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
