package io.snapfs.gms.checkpoint;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;

/** Does the same for several processes at once. */
final class Parallel {
  /** Something to do for a process. */
  @FunctionalInterface
  interface Step {
    void run(int pid) throws IOException;
  }

  private Parallel() {}

  /**
   * Does it for all, and returns when all are done.
   *
   * @throws Incomplete if it failed for some
   */
  static void run(List<Integer> pids, Step step) throws Incomplete, InterruptedIOException {
    List<IOException> failures = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int pid : pids) {
      Thread thread =
          new Thread(
              () -> {
                IOException failure = attempt(pid, step);
                if (failure != null) {
                  synchronized (failures) {
                    failures.add(failure);
                  }
                }
              },
              "cuda-" + pid);
      threads.add(thread);
      thread.start();
    }
    join(threads);
    synchronized (failures) {
      if (!failures.isEmpty()) {
        throw new Incomplete(failures);
      }
    }
  }

  private static IOException attempt(int pid, Step step) {
    try {
      step.run(pid);
      return null;
    } catch (IOException e) {
      return e;
    } catch (RuntimeException e) {
      return new IOException("process " + pid + ": " + e, e);
    }
  }

  private static void join(List<Thread> threads) throws InterruptedIOException {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true; // a call to the driver can't be cut short
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the driver worked");
    }
  }

  /** It failed for some of the processes. */
  static final class Incomplete extends IOException {
    private static final long serialVersionUID = 1;

    Incomplete(List<IOException> failures) {
      super(failures.get(0).getMessage(), failures.get(0));
      failures.stream().skip(1).forEach(this::addSuppressed);
    }
  }
}
