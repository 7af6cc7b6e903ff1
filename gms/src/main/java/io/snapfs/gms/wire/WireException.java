package io.snapfs.gms.wire;

import java.io.IOException;

/**
 * The other side sent what is no message of the protocol. Unless {@link #endsConnection()}, the
 * next frame can still be found.
 */
public final class WireException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean endsConnection;

  public WireException(String message) {
    this(message, false);
  }

  WireException(String message, boolean endsConnection) {
    super(message);
    this.endsConnection = endsConnection;
  }

  public WireException(String message, Throwable cause) {
    super(message, cause);
    this.endsConnection = false;
  }

  /** Whether nothing that follows on the connection can be understood. */
  public boolean endsConnection() {
    return endsConnection;
  }
}
