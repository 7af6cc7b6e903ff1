package io.snapfs.format;

/** What was to be published is already there; nothing was changed. */
public class AlreadyExistsException extends SnapfsException {
  public AlreadyExistsException(String message) {
    super(message);
  }
}
