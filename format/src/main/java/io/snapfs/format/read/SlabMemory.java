package io.snapfs.format.read;

import io.snapfs.format.SnapfsException;
import io.snapfs.linux.LinuxException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Memory outside the heap for decoded chunks, in page-aligned slots of {@link SizeClasses}. Never
 * more than a fixed number of bytes is backed by real memory.
 *
 * <p>How it works: slots of one size class share slabs, which are mere address space. A slot is
 * backed by memory when it is first written, and stays backed when it is freed (<em>warm</em>), so
 * that the next user of the class pays no page faults and finds it in the processor's cache. When
 * the bound is reached, warm slots of other classes are given back to the system one by one. So the
 * free memory of every class is at the disposal of all others, page by page, and slots that are
 * scattered over slabs can't pin down more than themselves: there is no fragmentation to die of.
 * Address space is at most twice the bound for each class. Allocating and freeing take constant
 * time, but for a cooling, which pays for an earlier warming.
 *
 * <p>Who finds no room waits in line, first come first served. Progress is the caller's to ensure:
 * see the package description.
 *
 * <p>Safe for use by many threads. One lock guards everything; nothing else is called under it but
 * madvise and mmap.
 */
final class SlabMemory {
  /** How long a waiter sleeps before it asks the cache again to give something up. */
  private static final long PRESSURE_MILLIS = 20;

  private final long bound;
  private final SlabClass[] classes = new SlabClass[SizeClasses.COUNT];
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private long live; // bytes of slots in use
  private long warm; // bytes of free slots that are backed by memory
  private long peakBacked;
  private long waits;
  private final Set<Object> line = new LinkedHashSet<>(); // who waits, in the order of arrival
  private boolean closed;

  /**
   * @param bound bytes that may be backed by real memory at any time
   */
  SlabMemory(long bound) {
    this.bound = bound;
    for (int i = 0; i < classes.length; i++) {
      classes[i] = new SlabClass(SizeClasses.bytes(i));
    }
  }

  /**
   * Gives out a slot, waiting until there is room. The caller must hold nothing that another thread
   * may have to wait for: no slot, no chunk.
   *
   * @param bytes how long it must be at least
   * @param relieve called, without locks, while there is no room: frees what can be freed
   * @throws SnapfsException if the memory is closed
   */
  Slot allocate(int bytes, Runnable relieve) throws IOException {
    Slot slot = tryAllocate(bytes, 0);
    if (slot != null) {
      return slot;
    }
    relieve.run();
    SlabClass sizeClass = classes[SizeClasses.of(bytes)];
    lock.lock();
    try {
      waits++;
      slot = allocateInTurn(sizeClass, relieve);
    } finally {
      lock.unlock();
    }
    slot.back();
    return slot;
  }

  /**
   * Gives out a slot if there is room now and nobody waits in line.
   *
   * @param bytes how long it must be at least
   * @param reserve bytes of the bound that must still be free afterwards
   * @return null if there is no room
   */
  Slot tryAllocate(int bytes, long reserve) throws IOException {
    SlabClass sizeClass = classes[SizeClasses.of(bytes)];
    Slot slot;
    lock.lock();
    try {
      slot = line.isEmpty() ? take(sizeClass, reserve) : null;
    } finally {
      lock.unlock();
    }
    if (slot != null) {
      slot.back();
    }
    return slot;
  }

  /** Takes a slot back. */
  void free(Slot slot) {
    lock.lock();
    try {
      live -= slot.length();
      warm += slot.length();
      slot.owner().giveWarm(slot);
      unmapIfLast();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Unmaps everything as soon as the last slot is freed. Who waits for a slot fails. Idempotent.
   */
  void close() {
    lock.lock();
    try {
      closed = true;
      unmapIfLast();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** True if somebody waits for room. */
  boolean hasWaiters() {
    lock.lock();
    try {
      return !line.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  long bound() {
    return bound;
  }

  /** Bytes of slots in use. */
  long live() {
    lock.lock();
    try {
      return live;
    } finally {
      lock.unlock();
    }
  }

  /** The most bytes that were ever backed by memory at one time. */
  long peakBacked() {
    lock.lock();
    try {
      return peakBacked;
    } finally {
      lock.unlock();
    }
  }

  /** How often somebody had to wait for room. */
  long waits() {
    lock.lock();
    try {
      return waits;
    } finally {
      lock.unlock();
    }
  }

  private Slot allocateInTurn(SlabClass sizeClass, Runnable relieve) throws IOException {
    Object place = new Object();
    boolean interrupted = false;
    try {
      line.add(place);
      while (true) {
        Slot slot = line.iterator().next() == place ? take(sizeClass, 0) : null;
        if (slot != null) {
          return slot;
        }
        failIfClosed();
        try {
          if (!changed.await(PRESSURE_MILLIS, TimeUnit.MILLISECONDS)) {
            runUnlocked(relieve);
          }
        } catch (InterruptedException e) {
          interrupted = true; // a read is not abandoned half-way; the caller sees the flag
        }
      }
    } finally {
      leaveLine(place);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Served or not: who fails, out of heap for one, may leave from anywhere in the line. */
  private void leaveLine(Object place) {
    line.remove(place);
    changed.signalAll();
  }

  private void runUnlocked(Runnable action) {
    lock.unlock();
    try {
      action.run();
    } finally {
      lock.lock();
    }
  }

  private Slot take(SlabClass sizeClass, long reserve) throws IOException {
    failIfClosed();
    int bytes = sizeClass.slotBytes();
    if (live + bytes > bound - reserve) {
      return null;
    }
    Slot slot = sizeClass.takeWarm();
    if (slot != null) {
      warm -= bytes;
    } else {
      coolUntil(bound - live - bytes);
      slot = sizeClass.takeCold();
    }
    live += bytes;
    peakBacked = Math.max(peakBacked, live + warm);
    return slot;
  }

  /** Gives warm slots back to the system until no more than so many bytes of them are left. */
  private void coolUntil(long most) throws LinuxException {
    while (warm > most) {
      SlabClass warmest = classes[0];
      for (SlabClass candidate : classes) {
        if (candidate.warmBytes() > warmest.warmBytes()) {
          warmest = candidate;
        }
      }
      warmest.cool();
      warm -= warmest.slotBytes();
    }
  }

  private void failIfClosed() throws SnapfsException {
    if (closed) {
      throw new SnapfsException("the chunk cache was closed");
    }
  }

  private void unmapIfLast() {
    if (closed && live == 0) {
      for (SlabClass sizeClass : classes) {
        sizeClass.unmap();
      }
      warm = 0;
    }
  }
}
