package io.snapfs.gms.cuda;

import io.snapfs.linux.Addresses;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A little native memory per thread, for the structures and results of the driver's calls. Good
 * until the next call into this package on the same thread.
 */
final class Arguments {
  static final int SIZE = 512;

  private static final ThreadLocal<Arguments> CURRENT = ThreadLocal.withInitial(Arguments::new);

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
  private final long address = Addresses.of(buffer);

  private Arguments() {}

  static Arguments get() {
    return CURRENT.get();
  }

  /** With its first bytes zero. */
  static Arguments zeroed(int bytes) {
    Arguments arguments = get();
    for (int i = 0; i < bytes; i += Long.BYTES) {
      arguments.buffer.putLong(i, 0);
    }
    return arguments;
  }

  /** Its bytes; use absolute positions only. */
  ByteBuffer buffer() {
    return buffer;
  }

  long address() {
    return address;
  }

  byte[] bytes(int offset, int length) {
    byte[] copy = new byte[length];
    buffer.get(offset, copy);
    return copy;
  }

  /** The text from the beginning up to a NUL. */
  String text() {
    return text(buffer);
  }

  static String text(ByteBuffer from) {
    int end = 0;
    while (end < from.limit() && from.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end];
    from.get(0, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
