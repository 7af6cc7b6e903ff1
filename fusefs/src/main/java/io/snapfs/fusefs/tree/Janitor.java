package io.snapfs.fusefs.tree;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Owns a thread that lets go of artifacts that were removed or that nobody uses, and has the kernel
 * let go too: a mount may be left alone for days, and what it keeps open gc can't free.
 */
final class Janitor implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Janitor.class.getName());
  private static final long PERIOD_MILLIS = 2000;
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Catalog catalog;
  private final Artifacts artifacts;
  private final Removals removals;
  private final FailureLog failures;
  private final Thread thread = new Thread(this::run, "snapfs-janitor");
  private boolean closed;

  Janitor(Catalog catalog, Artifacts artifacts, Removals removals, FailureLog failures) {
    this.catalog = catalog;
    this.artifacts = artifacts;
    this.removals = removals;
    this.failures = failures;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (awaitNext()) {
      try {
        if (!artifacts.isEmpty()) {
          Listing listing = catalog.current();
          removals.tell(artifacts.tidy(listing, IDLE_NANOS), listing);
        }
      } catch (IOException e) {
        failures.log(e);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "packs may stay open for too long", e);
      }
    }
  }

  private synchronized boolean awaitNext() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
    try {
      for (long left = PERIOD_MILLIS; !closed && left > 0; ) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      }
    } catch (InterruptedException e) {
      return false;
    }
    return !closed;
  }

  /** Waits for the thread's end. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
