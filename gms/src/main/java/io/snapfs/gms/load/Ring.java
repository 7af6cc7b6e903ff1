package io.snapfs.gms.load;

import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Owns the memory through which all bytes go, as slots that come round. Safe for use by many
 * threads.
 */
final class Ring implements AutoCloseable {
  private final NativeMemory memory;
  private final List<Slot> slots = new ArrayList<>();
  private final BlockingQueue<Slot> free;

  Ring(int slots, int slotBytes, int devices) throws IOException {
    memory = NativeMemory.allocate((long) slots * slotBytes);
    askForHugePages();
    free = new ArrayBlockingQueue<>(slots);
    for (int i = 0; i < slots; i++) {
      Slot slot = new Slot(memory, (long) i * slotBytes, slotBytes, devices);
      this.slots.add(slot);
      free.add(slot);
    }
  }

  /** Fewer faults and faster pinning, where the kernel has them. */
  private void askForHugePages() {
    try {
      memory.advise(0, memory.size(), NativeMemory.MADV_HUGEPAGE);
    } catch (LinuxException e) {
      return; // a kernel without them: small pages do
    }
  }

  /** Waits for the slot that has been given back longest. Its copies may still be under way. */
  Slot take() throws InterruptedException {
    return free.take();
  }

  void give(Slot slot) {
    free.add(slot);
  }

  /** Frees all. No copy may be under way, and no context closed. */
  @Override
  public void close() throws IOException {
    try {
      for (Slot slot : slots) {
        slot.free();
      }
    } finally {
      memory.close();
    }
  }
}
