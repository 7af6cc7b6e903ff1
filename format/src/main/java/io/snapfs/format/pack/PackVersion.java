package io.snapfs.format.pack;

import io.snapfs.format.CorruptException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;

/** The version field that header and footer share. */
final class PackVersion {
  private PackVersion() {}

  /** Refuses versions that this build does not read. */
  static void check(String resource, long offset, short field) throws SnapfsException {
    int version = Short.toUnsignedInt(field);
    if (version > PackHeader.VERSION) {
      throw new TooNewException(
          resource, "pack version " + version + ", known are versions up to " + PackHeader.VERSION);
    }
    if (version < 1) {
      throw new CorruptException(resource, offset, "pack version 0");
    }
  }
}
