package io.snapfs.restore.driver;

import io.snapfs.format.SnapfsException;

/** CRIU failed; the message says why, as far as its log tells, and where the log is. */
public final class CriuException extends SnapfsException {
  private static final long serialVersionUID = 1;

  private final boolean pidInUse;

  public CriuException(String message) {
    this(message, false);
  }

  /**
   * @param pidInUse whether somebody else has the number of a process that was to be restored
   */
  CriuException(String message, boolean pidInUse) {
    super(message);
    this.pidInUse = pidInUse;
  }

  /** Whether somebody else has the number of a process that was to be restored. */
  public boolean isPidInUse() {
    return pidInUse;
  }
}
