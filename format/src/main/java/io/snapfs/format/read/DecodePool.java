package io.snapfs.format.read;

import io.snapfs.linux.LinuxException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Owns the threads that decode ahead of readers. What somebody is waiting for goes before what
 * somebody may want later. Its monitor guards the two queues; nothing is called under it.
 */
final class DecodePool implements AutoCloseable {
  /** Work for one thread with one context. */
  interface Job {
    /** Does it; throws nothing. */
    void run(DecodeContext context);

    /** Is called instead of {@link #run} if it will not be done. */
    void cancel();
  }

  /** Jobs that may wait in each queue. */
  private static final int QUEUE = 256;

  private final ArrayDeque<Job> demand = new ArrayDeque<>();
  private final ArrayDeque<Job> ahead = new ArrayDeque<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean closed;

  /**
   * @param count threads; each has a decode context
   */
  DecodePool(int count) throws LinuxException {
    for (int i = 0; i < count; i++) {
      DecodeContext context = new DecodeContext();
      Thread thread = new Thread(() -> work(context), "snapfs-decode-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  /**
   * Queues a job.
   *
   * @param urgent whether somebody waits for it
   * @return false if the queue is full or the pool closed; the job is the caller's to cancel
   */
  synchronized boolean submit(Job job, boolean urgent) {
    ArrayDeque<Job> queue = urgent ? demand : ahead;
    if (closed || queue.size() == QUEUE) {
      return false;
    }
    queue.add(job);
    notifyAll();
    return true;
  }

  /** Finishes the jobs that run, cancels the others, and ends the threads. Idempotent. */
  @Override
  public void close() {
    List<Job> cancelled;
    synchronized (this) {
      closed = true;
      cancelled = new ArrayList<>(demand);
      cancelled.addAll(ahead);
      demand.clear();
      ahead.clear();
      notifyAll();
    }
    cancelled.forEach(Job::cancel);
    threads.forEach(DecodePool::join);
  }

  private void work(DecodeContext context) {
    try (context) {
      for (Job job = next(); job != null; job = next()) {
        job.run(context);
      }
    }
  }

  private synchronized Job next() {
    while (true) {
      if (!demand.isEmpty()) {
        return demand.poll();
      }
      if (!ahead.isEmpty()) {
        return ahead.poll();
      }
      if (closed) {
        return null;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        // only close() ends these threads
      }
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
