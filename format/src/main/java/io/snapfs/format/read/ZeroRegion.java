package io.snapfs.format.read;

import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import java.nio.ByteBuffer;

/**
 * Owns a run of zeros that all holes are read from. It is never written, so the kernel backs all of
 * it with its one page of zeros: it costs no memory.
 */
final class ZeroRegion implements AutoCloseable {
  /** Its length in bytes. */
  static final int LENGTH = OpenFile.MAX_SLICED;

  private final NativeMemory memory = NativeMemory.allocate(LENGTH);
  private final ByteBuffer bytes = memory.slice(0, LENGTH);

  ZeroRegion() throws LinuxException {}

  /** Address of {@link #LENGTH} zeros. */
  long address() {
    return memory.address();
  }

  /** Copies zeros to an index of a buffer. */
  void copyTo(ByteBuffer destination, int index, int length) {
    for (int done = 0; done < length; ) {
      int step = Math.min(length - done, LENGTH);
      destination.put(index + done, bytes, 0, step);
      done += step;
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
