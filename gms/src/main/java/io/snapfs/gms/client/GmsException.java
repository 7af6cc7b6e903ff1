package io.snapfs.gms.client;

import io.snapfs.format.SnapfsException;
import io.snapfs.gms.wire.Response;

/** The service refused a request, or the lock could not be had in time. */
public final class GmsException extends SnapfsException {
  private static final long serialVersionUID = 1;

  /** The code where the lock could not be had in time. */
  public static final int LOCK_TIMEOUT = -1;

  private final int code;

  GmsException(String message, int code) {
    super(message);
    this.code = code;
  }

  static GmsException of(String subject, Response.Failure failure) {
    return new GmsException(subject + ": " + failure.error(), failure.code());
  }

  /** What the service says, see {@link Response.Failure}, or {@link #LOCK_TIMEOUT}. */
  public int code() {
    return code;
  }
}
