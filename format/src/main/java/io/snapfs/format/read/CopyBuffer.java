package io.snapfs.format.read;

import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Owns the one buffer into which reads are copied that can't have all of their chunks in memory at
 * once. One reader at a time: it is the slow way that always works.
 */
final class CopyBuffer implements AutoCloseable {
  private final NativeMemory memory = NativeMemory.allocate(OpenFile.MAX_SLICED);
  private final ByteBuffer bytes = memory.slice(0, OpenFile.MAX_SLICED);
  private final ReentrantLock lock = new ReentrantLock();
  private final LongAdder uses = new LongAdder();

  CopyBuffer() throws LinuxException {}

  /**
   * Waits for the buffer, which is the caller's until {@link #unlock}. The caller must use no
   * chunk.
   */
  ByteBuffer lock() {
    lock.lock();
    uses.increment();
    return bytes.clear();
  }

  void unlock() {
    lock.unlock();
  }

  long address() {
    return memory.address();
  }

  long uses() {
    return uses.sum();
  }

  @Override
  public void close() {
    memory.close();
  }
}
