package io.snapfs.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One native buffer per thread for the structures and strings that system calls fill in. It is good
 * until the next call into this package on the same thread: take out what you need before you make
 * one.
 */
final class Scratch {
  /** The kernel's limit for an extended attribute's value and for the list of their names. */
  static final int SIZE = 64 * 1024;

  private static final ThreadLocal<Scratch> CURRENT = ThreadLocal.withInitial(Scratch::new);

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
  private final long address = Addresses.of(buffer);

  private Scratch() {}

  static Scratch get() {
    return CURRENT.get();
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

  /** The bytes from an offset up to, and without, the next NUL, and never beyond a limit. */
  byte[] string(int offset, int limit) {
    int end = offset;
    while (end < limit && buffer.get(end) != 0) {
      end++;
    }
    return bytes(offset, end - offset);
  }
}
