package io.snapfs.gms.server;

import io.snapfs.gms.wire.Response;

/** A request that is answered with a failure; the connection goes on. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final int code;

  /**
   * @param code one of {@link Response.Failure}
   */
  RefusedException(int code, String message) {
    super(message);
    this.code = code;
  }

  Response.Failure answer() {
    return new Response.Failure(getMessage(), code);
  }
}
