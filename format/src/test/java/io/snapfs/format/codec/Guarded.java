package io.snapfs.format.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A direct buffer between two canaries: what is written outside of it is found. */
final class Guarded {
  private static final int MARGIN = 256;
  private static final byte CANARY = (byte) 0xC5;

  private final ByteBuffer whole;
  private final int length;

  Guarded(int length) {
    this.length = length;
    byte[] canaries = new byte[length + 2 * MARGIN];
    Arrays.fill(canaries, CANARY);
    whole = ByteBuffer.allocateDirect(canaries.length).put(canaries);
  }

  /** A copy of {@code bytes} between canaries. */
  static Guarded of(byte[] bytes) {
    Guarded guarded = new Guarded(bytes.length);
    guarded.whole.put(MARGIN, bytes);
    return guarded;
  }

  /** The guarded range as position to limit of the whole, so that offsets are not all zero. */
  ByteBuffer buffer() {
    return whole.duplicate().clear().limit(MARGIN + length).position(MARGIN);
  }

  byte[] bytes() {
    byte[] bytes = new byte[length];
    whole.get(MARGIN, bytes);
    return bytes;
  }

  void assertIntact(String what) {
    for (int i = 0; i < MARGIN; i++) {
      assertEquals(CANARY, whole.get(i), what + ": written before the destination");
      assertEquals(
          CANARY, whole.get(MARGIN + length + i), what + ": written after the destination");
    }
  }

  /** True if nothing was ever written to the guarded range. */
  boolean isUntouched() {
    for (byte b : bytes()) {
      if (b != CANARY) {
        return false;
      }
    }
    return true;
  }
}
