package io.snapfs.restore.pages;

import io.snapfs.linux.UffdEvents;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes the segments of a process as the process has changed its memory. Everything is done under
 * the process's write lock, in which the event was read, by the thread that reads the events.
 */
final class MemoryEvents {
  private final LazyProcess process;
  private final Tally tally;
  private List<Segment> moved = new ArrayList<>();
  private List<LazyProcess> forked = new ArrayList<>();

  MemoryEvents(LazyProcess process) {
    this.process = process;
    this.tally = process.tally();
  }

  /** Follows one event; faults aren't for here. */
  void apply(UffdEvents events, int index) {
    switch (events.type(index)) {
      case UffdEvents.REMOVE -> {
        tally.removals.increment();
        forget(events.start(index), events.end(index));
      }
      case UffdEvents.UNMAP -> {
        tally.unmaps.increment();
        forget(events.start(index), events.end(index));
      }
      case UffdEvents.REMAP -> {
        tally.remaps.increment();
        move(events.start(index), events.length(index), events.target(index));
      }
      case UffdEvents.FORK -> {
        tally.forks.increment();
        fork(events, index);
      }
      default ->
          throw new IllegalStateException(
              "userfaultfd of " + process.name() + " has event " + events.type(index));
    }
  }

  /** Memory that is pending in a new place since the last call, to be planned. */
  List<Segment> takeMoved() {
    List<Segment> taken = moved;
    moved = taken.isEmpty() ? taken : new ArrayList<>();
    return taken;
  }

  /** Children that there are since the last call. */
  List<LazyProcess> takeForked() {
    List<LazyProcess> taken = forked;
    forked = taken.isEmpty() ? taken : new ArrayList<>();
    return taken;
  }

  /** What was in a range is not to be filled any more; a touch there gives zeros. */
  private void forget(long from, long to) {
    for (Segment segment : process.segments().in(from, to)) {
      takeOut(segment, from, to);
    }
  }

  private void move(long from, long length, long target) {
    forget(target, target + length);
    for (Segment segment : process.segments().in(from, from + length)) {
      long start = Math.max(segment.address(), from);
      int itsLength = (int) (Math.min(segment.end(), from + length) - start);
      takeOut(segment, from, from + length);
      add(segment.part(process, segment.gate(), start, itsLength, start - from + target));
    }
  }

  /** Takes a segment out, and puts back what lies outside a range. */
  private void takeOut(Segment segment, long from, long to) {
    process.cut(segment);
    if (segment.address() < from) {
      keep(segment, segment.address(), from);
    }
    if (segment.end() > to) {
      keep(segment, to, segment.end());
    }
  }

  private void keep(Segment segment, long start, long end) {
    add(segment.part(process, segment.gate(), start, (int) (end - start), start));
  }

  private void add(Segment segment) {
    process.add(segment);
    moved.add(segment);
  }

  /**
   * The child has what the parent had when it forked, and from then until the event was read
   * nothing was put into either: what is pending in the parent now is missing in the child.
   */
  private void fork(UffdEvents events, int index) {
    LazyProcess child =
        new LazyProcess(
            "a child of " + process.name(),
            events.forked(index),
            null,
            process.killer(),
            process.tally(),
            process.isRestored());
    for (Segment segment : process.segments().all()) {
      if (!segment.isFilled()) {
        child.add(
            segment.part(
                child, Gate.opened(), segment.address(), segment.length(), segment.address()));
      }
    }
    forked.add(child);
  }
}
