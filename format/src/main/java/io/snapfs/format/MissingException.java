package io.snapfs.format;

/** What was asked for is not there (an artifact, a blob, a store). */
public class MissingException extends SnapfsException {
  public MissingException(String message) {
    super(message);
  }

  public MissingException(String message, Throwable cause) {
    super(message, cause);
  }
}
