package io.snapfs.format.write;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Carries failures and endings from one thread to another. */
final class Failures {
  private Failures() {}

  /** The failure of another thread, to be thrown in this one. */
  static IOException asIoException(Throwable failure) {
    if (failure instanceof IOException e) {
      return e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    return new IOException(failure);
  }

  static InterruptedIOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException failure = new InterruptedIOException("packing was interrupted");
    failure.initCause(cause);
    return failure;
  }

  /**
   * Waits, however long, and even if interrupted, since the threads use memory that is about to be
   * freed.
   */
  static void awaitTermination(ExecutorService executor) {
    boolean interrupted = false;
    while (true) {
      try {
        if (executor.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
