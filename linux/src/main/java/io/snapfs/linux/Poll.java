package io.snapfs.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Waits until one of a few descriptors is ready: poll(2). For one thread; allocates nothing after
 * it was made.
 */
public final class Poll {
  public static final int POLLIN = 1;
  public static final int POLLOUT = 4;
  public static final int POLLERR = 8;
  public static final int POLLHUP = 16;

  /** The other side of a stream socket has closed, or will send no more. */
  public static final int POLLRDHUP = 0x2000;

  // struct pollfd
  private static final int EVENTS = 4;
  private static final int RETURNED = 6;
  private static final int SIZE = 8;

  private final ByteBuffer entries;
  private final long address;
  private int count;

  /**
   * Makes one.
   *
   * @param capacity most descriptors
   */
  public Poll(int capacity) {
    entries = ByteBuffer.allocateDirect(capacity * SIZE).order(ByteOrder.nativeOrder());
    address = Addresses.of(entries);
  }

  /**
   * Adds a descriptor, which must stay open while it is waited for.
   *
   * @param events what to wait for, the POLL constants; errors and hang-ups always count
   * @return its index
   */
  public int add(Fd fd, int events) {
    int at = count * SIZE;
    entries.putInt(at, fd.intValue());
    entries.putShort(at + EVENTS, (short) events).putShort(at + RETURNED, (short) 0);
    return count++;
  }

  /** Forgets all descriptors. */
  public void clear() {
    count = 0;
  }

  /**
   * Waits.
   *
   * @param timeoutMillis how long at most; -1: for ever. Begins anew when a signal interrupts it
   * @return how many are ready
   */
  public int await(int timeoutMillis) throws LinuxException {
    EventCalls calls = Native.event();
    try {
      int ready;
      do {
        ready = calls.poll(address, count, timeoutMillis);
      } while (ready < 0 && LinuxException.interrupted());
      if (ready < 0) {
        throw LinuxException.last("poll", count + " descriptors");
      }
      return ready;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** What the latest wait found a descriptor ready for, the POLL constants; 0 for nothing. */
  public int ready(int index) {
    return entries.getShort(Objects.checkIndex(index, count) * SIZE + RETURNED);
  }
}
