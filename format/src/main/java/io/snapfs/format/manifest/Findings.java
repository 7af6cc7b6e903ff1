package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.TooNewException;
import java.io.IOException;
import java.util.function.Consumer;

/** Collects what a check finds, and goes on after each finding until there are too many. */
final class Findings {
  /** One step of a check. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  private final Consumer<CorruptException> problems;
  private final int limit;
  private int count;
  private TooNewException tooNew;

  Findings(Consumer<CorruptException> problems, int limit) {
    this.problems = problems;
    this.limit = limit;
  }

  /** Runs a step; damage ends the step, not the check. Does nothing once there are too many. */
  void in(Step step) throws IOException {
    if (isFull()) {
      return;
    }
    try {
      step.run();
    } catch (CorruptException e) {
      count++;
      problems.accept(e);
    } catch (TooNewException e) {
      tooNew = tooNew == null ? e : tooNew;
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isFull() {
    return count >= limit;
  }

  /** Throws what is no damage, but keeps this version from saying that all is well. */
  void finish() throws TooNewException {
    if (tooNew != null) {
      throw tooNew;
    }
  }
}
