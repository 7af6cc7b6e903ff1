package io.snapfs.gms.load;

import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaException;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.NativeMemory;
import io.snapfs.linux.SystemInfo;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Owns the pinned memory through which all weights go, as slots of one run each. What a slot was
 * filled with stays there, and is found by the next load of the same weights, until the slot is
 * needed for something else: the one that was used least recently goes first, and none that is
 * being filled or copied from. So a small cache is a ring, and a large one spares reading and
 * decoding. Several loads may use it at once; a run that two of them want is filled once.
 *
 * <p>Nobody waits for a slot for ever: a slot is held only while it is filled, and until its copies
 * have ended, never while its holder waits for something that another load may have.
 *
 * <p>Safe for use by many threads; its monitor guards the slots' use.
 */
public final class WeightsCache implements AutoCloseable {
  private static final Logger LOG = System.getLogger(WeightsCache.class.getName());

  /** Memory is not pinned ahead unless so much is left for others. */
  private static final long LEFT_FOR_OTHERS = 512L << 20;

  private static final int TOUCH = 4096;

  private final int slotBytes;
  private final NativeMemory memory;
  private final List<Slot> slots = new ArrayList<>();
  private final PreparedPlans plans = new PreparedPlans();

  private final Map<RunKey, Slot> byKey = new HashMap<>();

  /** Slots that hold nothing; those that are pinned come first. */
  private final Deque<Slot> free = new ArrayDeque<>();

  /** Slots that hold something and that nobody uses, the least recently used first. */
  private final LinkedHashSet<Slot> idle = new LinkedHashSet<>();

  private int usable;
  private long clock;
  private boolean closed;
  private CudaContext context;

  /**
   * @param bytes for all slots; at least one is made. Memory is taken when it is first used
   * @param slotBytes of one, see {@link LoadOptions}
   */
  public WeightsCache(long bytes, int slotBytes) throws IOException {
    int count = Math.toIntExact(Math.max(1, bytes / slotBytes));
    this.slotBytes = slotBytes;
    memory = NativeMemory.allocate((long) count * slotBytes);
    askForHugePages();
    for (int i = 0; i < count; i++) {
      Slot slot = new Slot(memory, (long) i * slotBytes, slotBytes);
      slots.add(slot);
      free.add(slot);
    }
    usable = count;
  }

  /** Fewer faults and faster pinning, where the kernel has them. */
  private void askForHugePages() {
    try {
      memory.advise(0, memory.size(), NativeMemory.MADV_HUGEPAGE);
    } catch (LinuxException e) {
      return; // a kernel without them: small pages do
    }
  }

  int slotBytes() {
    return slotBytes;
  }

  PreparedPlans plans() {
    return plans;
  }

  /** The use of a slot. Closing it ends the use. For one thread at a time. */
  final class Lease implements AutoCloseable {
    private final Slot slot;
    private boolean ended;

    private Lease(Slot slot) {
      this.slot = slot;
    }

    Slot slot() {
      return slot;
    }

    /** Whether the slot holds what was asked for; else it is to be filled. */
    boolean isFilled() {
      synchronized (WeightsCache.this) {
        return slot.filled;
      }
    }

    /** It holds now what was asked for: read, checked and decoded. */
    void filled() {
      synchronized (WeightsCache.this) {
        slot.filled = true;
        WeightsCache.this.notifyAll();
      }
    }

    /**
     * Pins the slot if it isn't. If there is no more memory that can be pinned, the slot is given
     * up, and the load has to go on with what is left.
     *
     * @return false if the slot was given up
     * @throws CudaException if nothing else is left either
     */
    boolean pin(CudaContext loading) throws IOException {
      return slot.isPinned() || WeightsCache.this.pin(slot, loading);
    }

    /** Ends the use; no copy reads from it. What was not filled is forgotten. Idempotent. */
    @Override
    public void close() {
      if (!ended) {
        ended = true;
        release(slot);
      }
    }
  }

  /** A moment: what is used from now on is used later than that. */
  synchronized long now() {
    return ++clock;
  }

  /** Waits for a slot that holds the run, or that is to be filled with it. */
  synchronized Lease acquire(RunKey key) throws IOException, InterruptedException {
    while (true) {
      Slot slot = byKey.get(key);
      if (slot != null && slot.filled) {
        return use(slot);
      }
      if (slot == null) {
        if (usable == 0) {
          throw new IOException("no memory can be pinned to load weights");
        }
        slot = vacant(Long.MAX_VALUE);
        if (slot != null) {
          return assign(slot, key);
        }
      }
      wait();
    }
  }

  /**
   * A slot to be filled with a run ahead of time; null if the run is there, or somebody fills it.
   *
   * @param before only a slot that was last used before this moment is taken
   */
  synchronized Lease ahead(RunKey key, long before) {
    Slot slot = byKey.containsKey(key) ? null : vacant(before);
    return slot == null ? null : assign(slot, key);
  }

  /** Whether a slot could be had for {@link #ahead}. */
  synchronized boolean hasVacant(long before) {
    return !free.isEmpty() || (!idle.isEmpty() && idle.iterator().next().used < before);
  }

  /**
   * The runs of a plan in a good order: first those that are there. One that somebody is filling
   * comes a little later, since nobody should wait for it while there is something to read. All of
   * these count as used now.
   *
   * @param runs how many there are
   */
  synchronized int[] thoseThereFirst(String plan, int runs) {
    List<Integer> order = new ArrayList<>(runs);
    List<Integer> coming = new ArrayList<>();
    List<Integer> missing = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      Slot slot = byKey.get(new RunKey(plan, run));
      if (slot == null) {
        missing.add(run);
      } else {
        touch(slot);
        (slot.filled ? order : coming).add(run);
      }
    }
    int first = Math.min(coming.size(), missing.size());
    order.addAll(missing.subList(0, first));
    order.addAll(coming);
    order.addAll(missing.subList(first, missing.size()));
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  private void touch(Slot slot) {
    slot.used = ++clock;
    if (idle.remove(slot)) {
      idle.add(slot);
    }
  }

  /** Null if there is none now. */
  private Slot vacant(long before) {
    Slot slot = free.pollFirst();
    if (slot == null && !idle.isEmpty()) {
      Iterator<Slot> oldest = idle.iterator();
      Slot candidate = oldest.next();
      if (candidate.used < before) {
        oldest.remove();
        slot = candidate;
        forget(slot);
      }
    }
    return slot;
  }

  private Lease assign(Slot slot, RunKey key) {
    slot.key = key;
    byKey.put(key, slot);
    return use(slot);
  }

  private Lease use(Slot slot) {
    idle.remove(slot);
    slot.users++;
    return new Lease(slot);
  }

  private void forget(Slot slot) {
    if (slot.key != null) {
      byKey.remove(slot.key, slot);
      slot.key = null;
    }
    slot.filled = false;
  }

  private synchronized void release(Slot slot) {
    slot.users--;
    slot.used = ++clock;
    if (slot.users == 0 && slot.retired) {
      slot.giveBack();
    } else if (slot.users == 0) {
      if (slot.filled) {
        idle.add(slot);
      } else {
        forget(slot);
        vacate(slot);
      }
    }
    notifyAll();
  }

  private void vacate(Slot slot) {
    if (slot.isPinned()) {
      free.addFirst(slot);
    } else {
      free.addLast(slot);
    }
  }

  private boolean pin(Slot slot, CudaContext loading) throws IOException {
    try {
      slot.pin(keep(loading));
      return true;
    } catch (CudaException e) {
      if (!e.is(CudaException.OUT_OF_MEMORY)) {
        throw e;
      }
      retire(slot, e);
      return false;
    }
  }

  /** Memory stays pinned when the load that pinned it has ended, so the context must, too. */
  private synchronized CudaContext keep(CudaContext loading) throws CudaException {
    if (context == null) {
      context = loading.device().openContext();
    }
    return context;
  }

  private synchronized void retire(Slot slot, CudaException why) throws CudaException {
    if (slot.retired) {
      return;
    }
    if (usable == 1) {
      throw why;
    }
    slot.retired = true;
    forget(slot);
    usable--;
    if (usable == slots.size() - 1) {
      LOG.log(
          Level.WARNING,
          "not all memory for weights can be pinned, so that less is used, and loading may be"
              + " slower: {0}",
          why.getMessage());
    }
    notifyAll();
  }

  private void awaitUnused() throws InterruptedIOException {
    try {
      while (slots.stream().anyMatch(slot -> slot.users > 0)) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("while weights are in use");
      failure.initCause(e);
      throw failure;
    }
  }

  /** Bytes of the slots that can be used. */
  public synchronized long bytes() {
    return (long) usable * slotBytes;
  }

  /**
   * Pins what nobody uses yet, so that no load has to; stops where memory gets short. May take
   * seconds.
   */
  public void pinAhead(CudaContext loading) throws IOException {
    for (Slot slot = takeUnpinned(); slot != null; slot = takeUnpinned()) {
      try {
        if (SystemInfo.availableMemory() < LEFT_FOR_OTHERS + slotBytes) {
          LOG.log(Level.WARNING, "memory is short: no more is pinned for weights ahead of time");
          return;
        }
        for (int at = 0; at < slotBytes; at += TOUCH) {
          slot.bytes(at, 1).put(0, (byte) 0);
        }
        pin(slot, loading);
      } finally {
        release(slot);
      }
    }
  }

  private synchronized Slot takeUnpinned() {
    Slot last = closed ? null : free.peekLast();
    if (last == null || last.isPinned()) {
      return null;
    }
    free.removeLast();
    last.users++;
    return last;
  }

  /** Frees all, when nobody uses a slot any more; no load may be begun. Idempotent. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      awaitUnused();
    }
    try {
      for (Slot slot : slots) {
        slot.unpin();
      }
      if (context != null) {
        context.close();
      }
    } finally {
      memory.close();
    }
  }
}
