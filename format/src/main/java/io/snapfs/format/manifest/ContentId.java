package io.snapfs.format.manifest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Computes the content id (FORMAT.md 4.2) from sections as they pass by: {@link #begin} each
 * section in order, then its bytes.
 */
final class ContentId implements ByteSink {
  private final MessageDigest sha256;
  private boolean included;

  ContentId() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

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
