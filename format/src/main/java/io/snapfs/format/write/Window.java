package io.snapfs.format.write;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A piece of off-heap memory that the walker fills with file contents and whose slices are chunks
 * in flight. It goes back to its pool when the walker and every chunk have released it.
 */
final class Window {
  private final ByteBuffer memory;
  private final WindowPool pool;
  private final AtomicInteger users = new AtomicInteger();

  Window(ByteBuffer memory, WindowPool pool) {
    this.memory = memory;
    this.pool = pool;
  }

  /** The whole memory. The walker uses position-independent methods only, or duplicates. */
  ByteBuffer memory() {
    return memory;
  }

  int capacity() {
    return memory.capacity();
  }

  ByteBuffer slice(int position, int length) {
    return memory.slice(position, length);
  }

  void retain() {
    users.incrementAndGet();
  }

  void release() {
    if (users.decrementAndGet() == 0) {
      pool.giveBack(this);
    }
  }
}
