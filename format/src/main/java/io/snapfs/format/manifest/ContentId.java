package io.snapfs.format.manifest;

import io.snapfs.format.Sha256Hash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Computes the content id (FORMAT.md 4.2) from sections as they pass by: {@link #begin} each
 * section in order, then its bytes.
 */
final class ContentId implements ByteSink {
  private final Sha256Hash sha256 = new Sha256Hash();
  private boolean included;

  /** Begins a section; those that aren't part of the id are passed over. */
  void begin(int type, long length) {
    SectionType known = SectionType.of(type);
    included = known != null && known.inContentId();
    if (included) {
      sha256.update(
          ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(type)
              .putLong(length)
              .flip());
    }
  }

  @Override
  public void accept(ByteBuffer bytes) {
    if (included) {
      sha256.update(bytes);
    }
  }

  byte[] finish() {
    return sha256.digest();
  }
}
