package io.snapfs.format.read;

import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import java.nio.ByteBuffer;

/**
 * A page-aligned piece of {@link SlabMemory} of the length of its size class. Whoever was given it
 * owns it until {@link SlabMemory#free}. The object lives as long as its slab and is used over and
 * over.
 */
final class Slot {
  private static final int MADV_POPULATE_WRITE = 23;

  private final SlabClass owner;
  private final NativeMemory slab;
  private final int offset;
  private final ByteBuffer bytes;

  /** Whether memory is behind it: true while it is warm or in use. */
  private boolean backed;

  /** Link of the free list that this slot is in; guarded by the memory's lock. */
  Slot next;

  Slot(SlabClass owner, NativeMemory slab, int offset) {
    this.owner = owner;
    this.slab = slab;
    this.offset = offset;
    this.bytes = slab.slice(offset, owner.slotBytes());
  }

  SlabClass owner() {
    return owner;
  }

  /** Where it begins, a multiple of the page size. */
  long address() {
    return slab.address() + offset;
  }

  /** Length in bytes. */
  int length() {
    return bytes.capacity();
  }

  /** Its bytes. Shared by all users: use absolute positions only, or a slice. */
  ByteBuffer bytes() {
    return bytes;
  }

  /** Gives the memory behind it back to the system; the next touch finds zeros. */
  void discard() throws LinuxException {
    slab.advise(offset, length(), NativeMemory.MADV_DONTNEED);
    backed = false;
  }

  /**
   * Puts memory behind it, if there isn't, for whoever was given it. All at once takes the kernel
   * 0.4 s a GiB where one page fault after the other takes 0.7 (measured).
   */
  void back() {
    if (!backed) {
      backed = true;
      try {
        slab.advise(offset, length(), MADV_POPULATE_WRITE);
      } catch (LinuxException e) {
        return; // before Linux 5.14; then it comes page by page
      }
    }
  }
}
