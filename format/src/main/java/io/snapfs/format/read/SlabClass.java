package io.snapfs.format.read;

import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * All slots of one length. A slab is a run of address space that is cut into slots; it costs no
 * memory by itself. A free slot is <em>warm</em> if its pages are still backed by memory, else
 * <em>cold</em>. Guarded by the lock of the {@link SlabMemory} that it is part of.
 */
final class SlabClass {
  /** Address space that is mapped at a time, bytes: four slots of the longest class. */
  private static final int SLAB = 16 << 20;

  /** Keeps the kernel from backing one small slot with 2 MiB, which nobody would count. */
  private static final int MADV_NOHUGEPAGE = 15;

  private final int slotBytes;
  private final List<NativeMemory> slabs = new ArrayList<>();
  private int carved = SLAB; // bytes of the last slab that were cut into slots
  private Slot warm;
  private Slot cold;
  private int warmCount;

  SlabClass(int slotBytes) {
    this.slotBytes = slotBytes;
  }

  int slotBytes() {
    return slotBytes;
  }

  /** Bytes of memory that back free slots. */
  long warmBytes() {
    return (long) warmCount * slotBytes;
  }

  /** Takes a free slot that is backed by memory; null if there is none. */
  Slot takeWarm() {
    Slot slot = warm;
    if (slot != null) {
      warm = slot.next;
      slot.next = null;
      warmCount--;
    }
    return slot;
  }

  /** Takes a free slot that isn't backed by memory yet. */
  Slot takeCold() throws LinuxException {
    Slot slot = cold;
    if (slot == null) {
      return carve();
    }
    cold = slot.next;
    slot.next = null;
    return slot;
  }

  /** Takes back a slot whose pages are backed; the one given back last is the next one taken. */
  void giveWarm(Slot slot) {
    slot.next = warm;
    warm = slot;
    warmCount++;
  }

  /** Gives the memory of one warm slot back to the system. */
  void cool() throws LinuxException {
    Slot slot = takeWarm();
    slot.discard();
    slot.next = cold;
    cold = slot;
  }

  /** Unmaps everything. No slot may be in use. */
  void unmap() {
    slabs.forEach(NativeMemory::close);
    slabs.clear();
    warm = null;
    cold = null;
    warmCount = 0;
    carved = SLAB;
  }

  private Slot carve() throws LinuxException {
    if (carved + slotBytes > SLAB) {
      NativeMemory slab = NativeMemory.allocate(SLAB);
      slabs.add(slab);
      carved = 0;
      forbidHugePages(slab);
    }
    NativeMemory slab = slabs.get(slabs.size() - 1);
    Slot slot = new Slot(this, slab, carved);
    carved += slotBytes;
    return slot;
  }

  private static void forbidHugePages(NativeMemory slab) {
    try {
      slab.advise(0, SLAB, MADV_NOHUGEPAGE);
    } catch (LinuxException e) {
      return; // a kernel without huge pages doesn't know the advice and doesn't need it
    }
  }
}
