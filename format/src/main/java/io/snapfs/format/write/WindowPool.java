package io.snapfs.format.write;

import io.snapfs.linux.PageAligned;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The memory that a pack run may have in flight: a fixed number of windows, allocated when first
 * needed. Taking one waits until one is free, which is what keeps the walker from running ahead of
 * the workers.
 */
final class WindowPool {
  private final BlockingQueue<Window> free;
  private final int windowSize;
  private int unallocated;

  WindowPool(int windows, int windowSize) {
    this.free = new ArrayBlockingQueue<>(windows);
    this.windowSize = windowSize;
    this.unallocated = windows;
  }

  /**
   * A window, retained once for the caller; null if none became free within a moment, so that the
   * caller can look whether the run has failed meanwhile. Called by one thread.
   */
  Window poll() throws InterruptedException {
    Window window = free.poll();
    if (window == null && unallocated > 0) {
      unallocated--;
      window = new Window(PageAligned.allocate(windowSize), this);
    }
    if (window == null) {
      window = free.poll(100, TimeUnit.MILLISECONDS);
    }
    if (window != null) {
      window.retain();
    }
    return window;
  }

  void giveBack(Window window) {
    free.add(window);
  }
}
