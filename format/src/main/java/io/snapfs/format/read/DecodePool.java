package io.snapfs.format.read;

import io.snapfs.linux.LinuxException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Owns the threads that decode beside readers. What somebody is waiting for goes before what
 * somebody may want later, and the latter is only begun with while fewer threads are busy than
 * there are processors: readers decode on their own threads, where what they decode is still in the
 * processor's cache when it is copied to the kernel, and a thread that competes with them for a
 * processor costs more than it brings (measured on 2 cores: a fifth of the processor time of a
 * sequential read). It has four threads more than that, for those that wait for the disk: a thread
 * that waits leaves its processor to another one ({@link Processors}).
 *
 * <p>Its monitor guards the two queues; nothing is called under it.
 */
final class DecodePool implements AutoCloseable {
  /** Work for one thread with one context. Whoever begins with it runs or cancels it, once. */
  interface Job {
    /** Takes it over. False if somebody else has. */
    boolean tryBegin();

    /** Whether somebody has taken it over. */
    boolean hasBegun();

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
  private final Processors processors;
  private volatile boolean starved; // a job waits for a processor, not for a thread
  private boolean closed;

  /**
   * @param count threads; each has a decode context
   * @param processors shared with the readers
   */
  DecodePool(int count, Processors processors) throws LinuxException {
    this.processors = processors;
    processors.onSpare(this::wakeStarved);
    for (int i = 0; i < count; i++) {
      DecodeContext context = new DecodeContext();
      Thread thread = new Thread(() -> work(context), "snapfs-decode-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  private void wakeStarved() {
    if (starved) {
      synchronized (this) {
        notify();
      }
    }
  }

  /**
   * Queues a job.
   *
   * @param urgent whether somebody waits for it
   * @return false if the queue is full or the pool closed; the job is the caller's to cancel, if it
   *     can begin with it
   */
  synchronized boolean submit(Job job, boolean urgent) {
    ArrayDeque<Job> queue = urgent ? demand : ahead;
    if (queue.size() == QUEUE) {
      queue.removeIf(Job::hasBegun);
    }
    if (closed || queue.size() == QUEUE) {
      return false;
    }
    queue.add(job);
    starved |= !urgent; // before looking, so that who leaves a processor just now is not missed
    if (urgent || processors.hasSpare()) {
      notify();
    }
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
    cancelled.stream().filter(Job::tryBegin).forEach(Job::cancel);
    threads.forEach(DecodePool::join);
  }

  private void work(DecodeContext context) {
    try (context) {
      for (Job job = next(); job != null; job = next()) {
        try {
          job.run(context);
        } finally {
          processors.leave();
        }
      }
    }
  }

  /** The next job, begun with; null at the end. */
  private synchronized Job next() {
    while (true) {
      Job job = poll();
      if (job != null || closed) {
        return job;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        // only close() ends these threads
      }
    }
  }

  private Job poll() {
    Job job = begin(demand);
    if (job == null) {
      starved = !ahead.isEmpty(); // before looking, as in submit
      if (processors.hasSpare()) {
        job = begin(ahead);
        starved = false;
      }
    }
    if (job != null) {
      processors.take();
    }
    return job;
  }

  private static Job begin(ArrayDeque<Job> queue) {
    Job job = queue.poll();
    while (job != null && !job.tryBegin()) {
      job = queue.poll();
    }
    return job;
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
