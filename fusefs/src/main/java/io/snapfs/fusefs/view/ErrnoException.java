package io.snapfs.fusefs.view;

import io.snapfs.linux.Errno;

/**
 * A request fails with an error number. It carries no stack trace, since it is an answer and not a
 * fault: cheap enough for names that are looked up in vain.
 */
public final class ErrnoException extends Exception {
  private static final long serialVersionUID = 1;

  private final int errno;

  /**
   * An answer.
   *
   * @param errno one of {@link Errno}, positive
   */
  public ErrnoException(int errno) {
    super(Errno.describe(errno), null, false, false);
    this.errno = errno;
  }

  /** One of {@link Errno}, positive. */
  public int errno() {
    return errno;
  }
}
