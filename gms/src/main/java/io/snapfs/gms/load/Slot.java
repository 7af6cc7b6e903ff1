package io.snapfs.gms.load;

import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaEvent;
import io.snapfs.gms.cuda.PinnedMemory;
import io.snapfs.linux.NativeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Owns the pinning of a piece of the ring, and knows which copies read from it. For one thread at a
 * time.
 */
final class Slot {
  private final NativeMemory ring;
  private final long offset;
  private final int size;
  private final CudaEvent[] events;
  private final boolean[] pending;
  private PinnedMemory pinned;

  Slot(NativeMemory ring, long offset, int size, int devices) {
    this.ring = ring;
    this.offset = offset;
    this.size = size;
    this.events = new CudaEvent[devices];
    this.pending = new boolean[devices];
  }

  /** A buffer over some of its bytes. */
  ByteBuffer bytes(long from, int length) {
    return ring.slice(offset + from, length);
  }

  int size() {
    return size;
  }

  /** Host address of one of its bytes. */
  long address(long from) {
    return ring.address() + offset + from;
  }

  /** Pins it, the first time. It should have been written to before. */
  void pin(CudaContext context) throws IOException {
    if (pinned == null) {
      pinned = PinnedMemory.register(context, address(0), size);
    }
  }

  /** Copies were begun on a stream. */
  void copying(int device, DeviceStreams.Lane lane) throws IOException {
    if (events[device] == null) {
      events[device] = lane.context().createEvent(false);
    }
    events[device].record(lane.stream());
    pending[device] = true;
  }

  /** Waits until no copy reads from it any more. */
  void awaitCopies() throws IOException {
    for (int device = 0; device < events.length; device++) {
      if (pending[device]) {
        events[device].synchronize();
        pending[device] = false;
      }
    }
  }

  /** Unpins; no copy may be under way. */
  void free() throws IOException {
    for (CudaEvent event : events) {
      if (event != null) {
        event.close();
      }
    }
    if (pinned != null) {
      pinned.close();
    }
  }
}
