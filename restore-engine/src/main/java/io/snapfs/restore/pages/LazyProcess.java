package io.snapfs.restore.pages;

import io.snapfs.linux.EventFd;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.UffdEvents;
import io.snapfs.linux.Userfaultfd;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Consumer;

/**
 * Owns the userfaultfd of a process whose memory arrives lazily. Threads that fill hold {@link
 * #lock} for reading while they put pages there; whoever reads events holds it for writing, and
 * changes what is to be filled before letting go: see the package description.
 */
final class LazyProcess implements AutoCloseable {
  /** Result of {@link #put} where there is no such memory any more. */
  static final long VOID = Long.MIN_VALUE;

  private final String name;
  private final Userfaultfd uffd;
  private final Fd pidFd;
  private final Consumer<String> killer;
  private final Tally tally;
  private final StampedLock lock = new StampedLock();
  private final SegmentMap segments = new SegmentMap();
  private final AtomicInteger pending = new AtomicInteger();
  private volatile EventFd wake;
  private volatile boolean restored;
  private volatile boolean gone;
  private boolean closed; // under the lock

  /**
   * Takes over a userfaultfd.
   *
   * @param name for messages
   * @param pidFd of the process, or null if it is not known; taken over
   * @param killer ends the process, for a reason that it is given
   * @param tally of the restore that it belongs to
   * @param restored whether all of its memory has been registered
   */
  LazyProcess(
      String name,
      Userfaultfd uffd,
      Fd pidFd,
      Consumer<String> killer,
      Tally tally,
      boolean restored) {
    this.name = name;
    this.uffd = uffd;
    this.pidFd = pidFd;
    this.killer = killer;
    this.tally = tally;
    this.restored = restored;
  }

  /** For messages. */
  String name() {
    return name;
  }

  Userfaultfd uffd() {
    return uffd;
  }

  /** What was done for the restore that it belongs to. */
  Tally tally() {
    return tally;
  }

  /** Becomes readable when the process ends; null if it isn't known. */
  Fd pidFd() {
    return pidFd;
  }

  /** What its memory is to be filled with. To be used by the thread that reads its events. */
  SegmentMap segments() {
    return segments;
  }

  /** Adds memory, before it is given to the fill queue. Under the lock, or before it is shared. */
  void add(Segment segment) {
    segments.add(segment);
    if (segment.isPending()) {
      pending.incrementAndGet();
    }
  }

  /** Takes memory out: it is not to be filled any more. Under the lock. */
  void cut(Segment segment) {
    segments.remove(segment);
    if (segment.cut()) {
      pending.decrementAndGet();
    }
  }

  /** All of a segment is there. */
  void filled(Segment segment) {
    if (segment.fill() && pending.decrementAndGet() == 0) {
      wakeServer();
    }
  }

  /** A segment can't be filled, and to touch it is a bus error. */
  void poisoned(Segment segment) {
    if (segment.poison() && pending.decrementAndGet() == 0) {
      wakeServer();
    }
  }

  /** A segment's mapping is not found, though the process runs. */
  void giveUp(Segment segment) {
    if (segment.giveUp() && pending.decrementAndGet() == 0) {
      wakeServer();
    }
  }

  /**
   * Sets what is signalled when nothing is missing any more: who serves it waits for events
   * otherwise. It must stay open until this is closed. Before others fill.
   */
  void wakeWhenOver(EventFd server) {
    wake = server;
  }

  private void wakeServer() {
    long stamp = lock.readLock();
    try {
      if (!closed && wake != null) {
        wake.signal();
      }
    } catch (LinuxException e) {
      return; // it looks by itself, later
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /** CRIU says that the process runs: all of its memory is mapped and registered. */
  void restored() {
    restored = true;
  }

  /** Whether all of its memory is mapped and registered, unless it has changed that itself. */
  boolean isRestored() {
    return restored;
  }

  /** The process has ended, or has let go of this memory by exec. */
  void gone() {
    gone = true;
  }

  /** Whether there is nothing more to do for it. */
  boolean isOver() {
    return gone || (restored && pending.get() == 0);
  }

  /** Whether it ended before all was filled. */
  boolean isGone() {
    return gone;
  }

  /**
   * Reads events, with nobody putting pages there meanwhile.
   *
   * @param change is called with the number of events, if there are any, before somebody may put
   *     pages there again
   * @return how many
   */
  int readEvents(UffdEvents events, EventChange change) throws LinuxException {
    long stamp = lock.writeLock();
    try {
      int count = uffd.read(events);
      if (count > 0) {
        change.apply(count);
      }
      return count;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /** What is done under the write lock about events. */
  @FunctionalInterface
  interface EventChange {
    void apply(int count);
  }

  /**
   * Puts some pages there by one system call.
   *
   * @param segment that they belong to; null if they are of none
   * @return as {@link Userfaultfd#copy}; or {@link #VOID} because the segment is void, or this is
   *     closed
   */
  long put(PageKind kind, Segment segment, long target, long source, long length) {
    long stamp = lock.readLock();
    try {
      if (closed || (segment != null && segment.isVoid())) {
        return VOID;
      }
      return kind.put(uffd, target, source, length);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /**
   * Whether a page is registered.
   *
   * @return as {@link Userfaultfd#probe}; 0 if this is closed
   */
  int probe(long page) throws LinuxException {
    long stamp = lock.readLock();
    try {
      return closed ? 0 : uffd.probe(page);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /** Adds memory while others fill. */
  void addLate(List<Segment> late) {
    long stamp = lock.writeLock();
    try {
      late.forEach(this::add);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /** Lets everybody who waits for a page look again. */
  void wake(long address, long length) {
    long stamp = lock.readLock();
    try {
      if (!closed) {
        uffd.wake(address, length);
      }
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /** Ends the process: its memory can't come, and it must not run without. */
  void kill(String reason) {
    killer.accept(reason);
    gone = true;
  }

  /** Ends the process, and what it forked, when their memory can't come. */
  Consumer<String> killer() {
    return killer;
  }

  /** Closes the userfaultfd: what is missing then becomes zeros when it is touched. */
  @Override
  public void close() {
    long stamp = lock.writeLock();
    try {
      closed = true;
      uffd.close();
      if (pidFd != null) {
        pidFd.close();
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }
}
