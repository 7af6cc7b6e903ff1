package io.snapfs.linux;

import java.nio.ByteBuffer;

/**
 * The strings of one native call, copied to where C can read them: a buffer per thread, good until
 * the next call with strings on the same thread.
 */
final class CStrings {
  private static final int INITIAL = 1024;

  private static final ThreadLocal<CStrings> CURRENT = ThreadLocal.withInitial(CStrings::new);

  private ByteBuffer buffer;
  private long address;

  private CStrings() {
    allocate(INITIAL);
  }

  private void allocate(int capacity) {
    buffer = ByteBuffer.allocateDirect(capacity);
    address = Addresses.of(buffer);
  }

  /** The address of a copy. Null stays NULL, here as in {@link #with}. */
  static long of(byte[] string) {
    return with(string).add(string);
  }

  /** Makes room for strings, which are to be added then. */
  static CStrings with(byte[]... strings) {
    int length = 0;
    for (byte[] each : strings) {
      length = Math.addExact(length, each == null ? 0 : each.length);
    }
    CStrings current = CURRENT.get();
    if (length > current.buffer.capacity()) {
      current.allocate(Math.max(length, 2 * current.buffer.capacity()));
    }
    current.buffer.clear();
    return current;
  }

  /** Copies one and returns its address. */
  long add(byte[] string) {
    if (string == null) {
      return 0;
    }
    long at = address + buffer.position();
    buffer.put(string);
    return at;
  }
}
