package io.snapfs.format.node;

import io.snapfs.format.SnapfsException;
import io.snapfs.linux.LinuxException;

/** The node's directory can't be used just now: it is full, read-only, gone, or broken. */
final class DirectoryFailure extends SnapfsException {
  private static final long serialVersionUID = 1;

  private final int errno;

  DirectoryFailure(NodeDirectory directory, LinuxException cause) {
    super(
        "files can't be materialised in "
            + directory.path()
            + ", they are decoded when read: "
            + cause.getMessage(),
        cause);
    errno = cause.errno();
  }

  int errno() {
    return errno;
  }
}
