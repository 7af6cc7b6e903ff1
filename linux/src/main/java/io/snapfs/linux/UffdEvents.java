package io.snapfs.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Events read from a {@link Userfaultfd}: an array of {@code struct uffd_msg}, to be filled again
 * and again. Confined to a thread.
 */
public final class UffdEvents {
  /** A thread waits for a missing page: {@link #address}. */
  public static final int PAGEFAULT = 0x12;

  /** The process forked; {@link #forked} is the child's. It waits until the event is read. */
  public static final int FORK = 0x13;

  /** Memory of {@link #length} bytes moved from {@link #start} to {@link #target}. */
  public static final int REMAP = 0x14;

  /** Pages from {@link #start} to {@link #end} are thrown away as soon as this has been read. */
  public static final int REMOVE = 0x15;

  /** Pages from {@link #start} to {@link #end} are no longer mapped. */
  public static final int UNMAP = 0x16;

  // struct uffd_msg
  private static final int SIZE = 32;
  private static final int FIRST = 8;
  private static final int SECOND = 16;
  private static final int THIRD = 24;

  private final ByteBuffer messages;
  private final long address;

  /**
   * Makes an empty array.
   *
   * @param capacity most events of one read
   */
  public UffdEvents(int capacity) {
    messages = ByteBuffer.allocateDirect(capacity * SIZE).order(ByteOrder.nativeOrder());
    address = Addresses.of(messages);
  }

  /** What an event is: one of the constants, or something newer. */
  public int type(int index) {
    return messages.get(index * SIZE) & 0xff;
  }

  /** Where the fault was; its bits below the page size need not be zero. */
  public long address(int index) {
    return messages.getLong(index * SIZE + SECOND);
  }

  /** The first byte of what was removed, unmapped, or moved away. */
  public long start(int index) {
    return messages.getLong(index * SIZE + FIRST);
  }

  /** The byte behind the last that was removed or unmapped. */
  public long end(int index) {
    return messages.getLong(index * SIZE + SECOND);
  }

  /** Where memory has moved to. */
  public long target(int index) {
    return messages.getLong(index * SIZE + SECOND);
  }

  /** How many bytes have moved. */
  public long length(int index) {
    return messages.getLong(index * SIZE + THIRD);
  }

  /** The descriptor that belongs to a forked child; the caller's, to be taken exactly once. */
  public Userfaultfd forked(int index) {
    return Userfaultfd.adopt(
        Fd.adopt(messages.getInt(index * SIZE + FIRST), "userfaultfd of a forked process"));
  }

  int read(Fd fd) throws LinuxException {
    try {
      return DeviceIo.read(fd, address, messages.capacity()) / SIZE;
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}
