package io.snapfs.fusefs;

import io.snapfs.format.SnapfsException;

/** The mount is in use, and was left as it is. */
public final class MountBusyException extends SnapfsException {
  private static final long serialVersionUID = 1;

  MountBusyException(String mountpoint) {
    super(
        mountpoint
            + " is in use: a process has a file open or its working directory there; 'fuser -vm "
            + mountpoint
            + "' shows which");
  }
}
