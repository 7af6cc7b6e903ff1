package io.snapfs.format.write;

import io.snapfs.format.SnapfsException;

/**
 * A source file changed or vanished while it was packed, so that what was read is no state it ever
 * had.
 */
public final class SourceChangedException extends SnapfsException {
  SourceChangedException(String path, String what) {
    super(
        path
            + " "
            + what
            + " while it was packed; nothing was published; pack again when nothing writes there");
  }
}
