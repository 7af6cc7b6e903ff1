package io.snapfs.format;

import java.io.IOException;

/**
 * A failure that snapfs explains: the message alone (no stack trace) tells a user what went wrong,
 * where, and what to do. Subclasses exist where callers act differently, above all {@link
 * CorruptException}.
 */
public class SnapfsException extends IOException {
  public SnapfsException(String message) {
    super(message);
  }

  public SnapfsException(String message, Throwable cause) {
    super(message, cause);
  }
}
