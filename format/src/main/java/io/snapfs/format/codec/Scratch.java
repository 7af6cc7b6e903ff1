package io.snapfs.format.codec;

import io.snapfs.linux.PageAligned;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A direct little-endian buffer that is reused and grows when more is asked for. */
final class Scratch {
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

  /** The buffer, cleared, at least {@code length} bytes long. Its former content is undefined. */
  ByteBuffer atLeast(int length) {
    if (buffer.capacity() < length) {
      int capacity = Math.max(length, 2 * buffer.capacity());
      buffer = PageAligned.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }
    return buffer.clear();
  }
}
