package io.snapfs.gms.load;

import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.PinnedMemory;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A piece of the cache's memory. What it holds and who uses it is guarded by the monitor of its
 * {@link WeightsCache}, its pinning by its own; its bytes are for who fills it until it is filled,
 * and are only read then.
 */
final class Slot {
  private final NativeMemory memory;
  private final long offset;
  private final int size;
  private volatile PinnedMemory pinned;

  /** What it holds or is being filled with; null for nothing. */
  RunKey key;

  boolean filled;
  boolean retired;
  int users;

  /** When it was used last, by the cache's clock. */
  long used;

  Slot(NativeMemory memory, long offset, int size) {
    this.memory = memory;
    this.offset = offset;
    this.size = size;
  }

  /** A buffer over some of its bytes. */
  ByteBuffer bytes(long from, int length) {
    return memory.slice(offset + from, length);
  }

  int size() {
    return size;
  }

  /** Host address of one of its bytes. */
  long address(long from) {
    return memory.address() + offset + from;
  }

  boolean isPinned() {
    return pinned != null;
  }

  /** Pins it, the first time. It should have been written to before, which makes that faster. */
  synchronized void pin(CudaContext context) throws IOException {
    if (pinned == null) {
      pinned = PinnedMemory.register(context, address(0), size);
    }
  }

  /** Nobody needs its memory any more. */
  void giveBack() {
    try {
      memory.advise(offset, size, NativeMemory.MADV_DONTNEED);
    } catch (LinuxException e) {
      return; // it stays until the whole memory goes
    }
  }

  /** Unpins; no copy may be under way. */
  synchronized void unpin() throws IOException {
    if (pinned != null) {
      pinned.close();
      pinned = null;
    }
  }
}
