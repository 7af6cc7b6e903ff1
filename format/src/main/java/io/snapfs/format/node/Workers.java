package io.snapfs.format.node;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/** Owns the threads that fill and check files in the background, the most worthwhile first. */
final class Workers implements AutoCloseable {
  /** What is to be done for a file; throws nothing. */
  interface Task {
    void run(HotFile file, Pace pace);
  }

  private static final System.Logger LOG = System.getLogger(Workers.class.getName());

  /** Files that may wait. */
  private static final int QUEUE = 1024;

  private final LongSupplier demand;
  private final Task task;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Set<HotFile> waiting = new HashSet<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean closed;

  Workers(int count, LongSupplier demand, Task task) {
    this.demand = demand;
    this.task = task;
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(this::work, "snapfs-materialize-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  /** Has something done for a file; false if too much waits already. */
  synchronized boolean order(HotFile file) {
    if (closed || waiting.size() == QUEUE) {
      return false;
    }
    waiting.add(file);
    notifyAll();
    return true;
  }

  private void work() {
    for (HotFile file = next(); file != null; file = next()) {
      try {
        task.run(file, new Pace(demand, stop));
      } catch (RuntimeException | Error e) {
        LOG.log(System.Logger.Level.ERROR, "a file was not materialised", e);
      }
    }
  }

  private synchronized HotFile next() {
    while (!closed) {
      if (!waiting.isEmpty()) {
        return takeBest();
      }
      try {
        wait();
      } catch (InterruptedException e) {
        return null;
      }
    }
    return null;
  }

  private HotFile takeBest() {
    long now = System.nanoTime();
    HotFile best = null;
    for (HotFile file : waiting) {
      if (best == null || file.score(now) > best.score(now)) {
        best = file;
      }
    }
    waiting.remove(best);
    return best;
  }

  /** Gives up what is being done, and waits for the threads. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      waiting.clear();
      notifyAll();
    }
    stop.countDown();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
