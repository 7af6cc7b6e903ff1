package io.snapfs.restore.driver;

import io.snapfs.format.SnapfsException;

/** CRIU failed; the message says why, as far as its log tells, and where the log is. */
public final class CriuException extends SnapfsException {
  private static final long serialVersionUID = 1;

  public CriuException(String message) {
    super(message);
  }
}
