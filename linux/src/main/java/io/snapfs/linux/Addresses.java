package io.snapfs.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Between direct buffers and raw addresses. */
public final class Addresses {
  private Addresses() {}

  /**
   * The address of a direct buffer's index 0 (not of its position). Good as long as the buffer is
   * reachable.
   *
   * @throws IllegalArgumentException if the buffer is not direct
   */
  public static long of(ByteBuffer buffer) {
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException("a direct buffer is needed, got " + buffer);
    }
    return Native.memory().getDirectBufferAddress(buffer);
  }

  /**
   * A little-endian buffer over native memory, which it does not own: to touch it when the memory
   * is gone kills the JVM.
   */
  public static ByteBuffer view(long address, int length) {
    return Native.memory().newDirectByteBuffer(address, length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
