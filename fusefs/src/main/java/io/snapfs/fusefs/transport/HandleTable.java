package io.snapfs.fusefs.transport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gives open files numbers that fit into the protocol's file handle field. {@link #get} takes no
 * lock and allocates nothing.
 */
public final class HandleTable<T> {
  private static final int INITIAL_CAPACITY = 64;

  private final Object lock = new Object();
  private int[] freeNumbers = new int[INITIAL_CAPACITY];
  private int freeCount;
  private volatile Object[] slots = new Object[INITIAL_CAPACITY];

  /** An empty table. */
  public HandleTable() {
    addFree(0, INITIAL_CAPACITY);
  }

  /** Stores it and returns its number. */
  public long add(T handle) {
    synchronized (lock) {
      if (freeCount == 0) {
        grow();
      }
      int number = freeNumbers[--freeCount];
      Object[] current = slots;
      current[number] = handle;
      slots = current; // publishes the element to readers without the lock
      return number;
    }
  }

  /** The handle of a number, null if there is none. */
  @SuppressWarnings("unchecked") // only add() stores
  public T get(long number) {
    Object[] current = slots;
    return number >= 0 && number < current.length ? (T) current[(int) number] : null;
  }

  /** Takes it out; null if there is none. */
  public T remove(long number) {
    synchronized (lock) {
      T handle = get(number);
      if (handle != null) {
        slots[(int) number] = null;
        freeNumbers[freeCount++] = (int) number;
      }
      return handle;
    }
  }

  /** Takes out all, when the connection has ended without releasing them. */
  @SuppressWarnings("unchecked") // only add() stores
  public List<T> removeAll() {
    synchronized (lock) {
      List<T> handles = new ArrayList<>();
      for (int number = 0; number < slots.length; number++) {
        if (slots[number] != null) {
          handles.add((T) slots[number]);
          remove(number);
        }
      }
      return handles;
    }
  }

  private void grow() {
    int capacity = slots.length;
    freeNumbers = Arrays.copyOf(freeNumbers, capacity * 2);
    slots = Arrays.copyOf(slots, capacity * 2);
    addFree(capacity, capacity * 2);
  }

  private void addFree(int from, int to) {
    for (int number = to - 1; number >= from; number--) {
      freeNumbers[freeCount++] = number;
    }
  }
}
