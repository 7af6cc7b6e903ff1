package io.snapfs.restore.pages;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * Memory of a process that one chunk, or a hole, fills without a gap, and how far that is. What it
 * describes never changes: memory that is moved or cut becomes new segments, and this one is void.
 *
 * <pre>
 *   PENDING --- FILLED         all of its pages were put there once
 *      |  |---- GIVEN_UP       no such mapping for long; a fault there is still served
 *      |  '---- POISONED       to touch it is a bus error
 *      '------- VOID  (from every state; under the process's write lock)
 * </pre>
 */
final class Segment {
  private enum State {
    PENDING,
    FILLED,
    GIVEN_UP,
    POISONED,
    VOID
  }

  private static final AtomicReferenceFieldUpdater<Segment, State> STATE =
      AtomicReferenceFieldUpdater.newUpdater(Segment.class, State.class, "state");

  private final LazyProcess process;
  private final Gate gate;
  private final long address;
  private final int length;
  private final int chunk;
  private final int offset;
  private final boolean shared;
  private volatile State state = State.PENDING;
  private volatile int misses;
  private boolean filledBefore; // for the thread that cut it

  /**
   * @param gate of the mapping that it lies in
   * @param address in the process
   * @param length in bytes, whole pages
   * @param chunk that fills it, or {@link FillPlan#NO_CHUNK}
   * @param offset in the chunk
   * @param shared whether the chunk fills other memory too
   */
  Segment(
      LazyProcess process,
      Gate gate,
      long address,
      int length,
      int chunk,
      int offset,
      boolean shared) {
    this.process = process;
    this.gate = gate;
    this.address = address;
    this.length = length;
    this.chunk = chunk;
    this.offset = offset;
    this.shared = shared;
  }

  /**
   * A part of it, in another place or another process, to be filled unless this one was filled when
   * it was {@linkplain #cut cut}.
   */
  Segment part(LazyProcess owner, Gate itsGate, long from, int itsLength, long to) {
    Segment part =
        new Segment(
            owner,
            itsGate,
            to,
            itsLength,
            chunk,
            chunk == FillPlan.NO_CHUNK ? 0 : offset + (int) (from - address),
            true);
    if (filledBefore) {
      part.state = State.FILLED;
    }
    return part;
  }

  LazyProcess process() {
    return process;
  }

  Gate gate() {
    return gate;
  }

  long address() {
    return address;
  }

  int length() {
    return length;
  }

  /** The byte behind its last. */
  long end() {
    return address + length;
  }

  int chunk() {
    return chunk;
  }

  int offset() {
    return offset;
  }

  /** Whether its chunk fills other memory too. */
  boolean isShared() {
    return shared;
  }

  boolean isPending() {
    return state == State.PENDING;
  }

  /** Whether all of its pages were put there. */
  boolean isFilled() {
    return state == State.FILLED;
  }

  boolean isVoid() {
    return state == State.VOID;
  }

  /** All pages are there. True if that is news. */
  boolean fill() {
    return STATE.compareAndSet(this, State.PENDING, State.FILLED);
  }

  /** All pages are such that to touch them is a bus error. True if that is news. */
  boolean poison() {
    return STATE.compareAndSet(this, State.PENDING, State.POISONED);
  }

  /** There seems to be no such mapping. True if it was pending until now. */
  boolean giveUp() {
    return STATE.compareAndSet(this, State.PENDING, State.GIVEN_UP);
  }

  /** It is not to be filled any more. True if it was pending until now. */
  boolean cut() {
    State before = STATE.getAndSet(this, State.VOID);
    filledBefore = before == State.FILLED;
    return before == State.PENDING;
  }

  /** Counts how often no mapping was found for it. */
  int miss() {
    int count = misses + 1; // lost counts do no harm
    misses = count;
    return count;
  }
}
