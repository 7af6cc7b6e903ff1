package io.snapfs.gms.load;

import java.io.IOException;
import java.util.function.Consumer;

/** The first thing that went wrong in a load, by which it ends. Safe for use by many threads. */
final class FirstFailure {
  private volatile Throwable cause;
  private Consumer<Throwable> then = failure -> {};

  /** Something went wrong; without effect if something has before. */
  synchronized void set(Throwable failure) {
    if (cause == null) {
      cause = failure;
      then.accept(failure);
    }
  }

  /** What to do when something goes wrong, or now if it has. */
  synchronized void then(Consumer<Throwable> action) {
    then = action;
    if (cause != null) {
      action.accept(cause);
    }
  }

  boolean isSet() {
    return cause != null;
  }

  /** Throws it, if there is one. */
  void rethrow() throws IOException {
    Throwable failure = cause;
    if (failure instanceof IOException io) {
      throw io;
    } else if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (failure instanceof Error error) {
      throw error;
    } else if (failure != null) {
      throw new IOException("a thread that loads weights was interrupted", failure);
    }
  }
}
