package io.snapfs.restore.pages;

import java.io.IOException;

/** A restore by CRIU that a {@link PageServer} serves. Safe for use by many threads. */
public interface LazyRestore {
  /**
   * Waits until it has ended: all memory is there, or the processes are gone.
   *
   * @throws io.snapfs.format.SnapfsException if it failed; the processes were killed then
   */
  void awaitEnd() throws IOException, InterruptedException;

  /** Whether there is nothing more to do. */
  boolean hasEnded();

  /** What was done for it so far. */
  PageServerReport report();

  /** Gives up: processes that lack memory are killed. {@link #awaitEnd} returns soon after. */
  void abandon();
}
