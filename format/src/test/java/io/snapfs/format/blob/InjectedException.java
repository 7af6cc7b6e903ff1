package io.snapfs.format.blob;

import java.io.IOException;

/** A failure that {@link FaultyBlobStore} made up. */
public final class InjectedException extends IOException {
  private static final long serialVersionUID = 1;

  InjectedException(String operation) {
    super("injected fault: " + operation);
  }

  /** True if a made-up failure is behind this one. */
  public static boolean isCauseOf(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof InjectedException) {
        return true;
      }
    }
    return false;
  }
}
