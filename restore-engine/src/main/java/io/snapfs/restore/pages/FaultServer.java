package io.snapfs.restore.pages;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.read.AfterRead;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.linux.Errno;
import io.snapfs.linux.EventFd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Poll;
import io.snapfs.linux.Processes;
import io.snapfs.linux.UffdEvents;
import io.snapfs.restore.pages.PageWriter.Outcome;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;

/**
 * The thread that serves one process: reads the events of its userfaultfd, keeps its segments as
 * the process has its memory, and answers its faults, the faulting page first.
 */
final class FaultServer implements Runnable {
  private static final Logger LOG = System.getLogger(FaultServer.class.getName());

  private static final int EVENTS = 32;

  /** A fault is answered with all of its segment at once, unless that is longer. */
  private static final int MOST_AT_ONCE = 512 << 10;

  /** So many segments that a reader is expected to come to are filled next. */
  private static final int NEIGHBOURS = 256;

  /** So many other places a chunk is put that a fault has decoded. */
  private static final int MOST_BESIDE = 64;

  /** How long to wait before faults are tried again that could not be answered. */
  private static final int RETRY_MILLIS = 1;

  private static final int IDLE_MILLIS = 200;

  /** An address that a process can have; what is there does not matter. */
  private static final long ANYWHERE = 1L << 30;

  /** Somebody waits for what this thread does; nobody for what the fillers do. */
  private static final int NICE = -10;

  /** A thread that waits for a page. */
  private record Fault(long page, long readAt) {}

  private final LazyProcess process;
  private final Restore restore;
  private final ArtifactReader reader;
  private final PageWriter writer;
  private final FillQueue queue;
  private final Damage damage;
  private final Filler filler;
  private final IntConsumer recorder;
  private final boolean isRecording;
  private final IntPredicate keep;
  private final IntSupplier restores;
  private final EventFd wake;
  private final Tally tally;
  private final UffdEvents events = new UffdEvents(EVENTS);
  private final Poll poll = new Poll(3);
  private final ArrayDeque<Fault> faults = new ArrayDeque<>();
  private final Readers readers = new Readers();
  private final MemoryEvents changes;
  private final ArrayDeque<List<Segment>> others;
  private int uffdAt;
  private int wakeAt;
  private int pidFdAt = -1;

  /**
   * @param restore that the process belongs to
   * @param shared what all threads use
   * @param others memory, by mapping, that CRIU should have filled itself: it is the page server's
   *     after all if it turns out to be registered
   * @param wake ends the wait for events
   */
  FaultServer(
      LazyProcess process,
      Restore restore,
      Shared shared,
      List<List<Segment>> others,
      EventFd wake) {
    this.process = process;
    this.restore = restore;
    this.reader = shared.reader();
    this.writer = shared.writer();
    this.queue = shared.queue();
    this.damage = shared.damage();
    this.filler = new Filler(shared);
    this.recorder = shared.options().recorder();
    this.isRecording = shared.options().isRecording();
    this.keep = shared.keep();
    this.restores = shared.restores();
    this.tally = process.tally();
    this.others = new ArrayDeque<>(others);
    this.wake = wake;
    this.changes = new MemoryEvents(process);
    process.wakeWhenOver(wake);
  }

  @Override
  public void run() {
    Throwable failure = null;
    try {
      goBeforeOthers();
      uffdAt = poll.add(process.uffd().fd(), Poll.POLLIN);
      wakeAt = poll.add(wake.fd(), Poll.POLLIN);
      if (process.pidFd() != null) {
        pidFdAt = poll.add(process.pidFd(), Poll.POLLIN);
      }
      while (!isDone() && !restore.isAbandoned()) {
        serve();
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    }
    restore.ended(process, failure);
  }

  private static void goBeforeOthers() {
    try {
      Processes.niceThread(NICE);
    } catch (LinuxException e) {
      LOG.log(Level.DEBUG, "faults are served like everything else", e);
    }
  }

  private boolean isDone() {
    return process.isGone() || (process.isOver() && others.isEmpty());
  }

  private void serve() throws IOException {
    int ready = poll.await(faults.isEmpty() ? IDLE_MILLIS : RETRY_MILLIS);
    if (poll.ready(wakeAt) != 0) {
      wake.drain();
    }
    if (hasEnded(ready > 0)) {
      process.gone();
      return;
    }
    if (process.isRestored()) {
      lookAtOthers();
    }
    if (poll.ready(uffdAt) != 0) { // to read in vain takes longer than to wait
      readEvents();
    }
    answerFaults();
  }

  /** Whether there is no such process any more. Of a forked one only its memory is known. */
  private boolean hasEnded(boolean somethingReady) throws LinuxException {
    if (pidFdAt >= 0) {
      return poll.ready(pidFdAt) != 0;
    }
    return !somethingReady && process.probe(ANYWHERE) == -Errno.ESRCH;
  }

  private void lookAtOthers() throws LinuxException {
    while (!others.isEmpty()) {
      List<Segment> mapping = others.peek();
      int registered = process.probe(mapping.get(0).address());
      if (registered == -Errno.EAGAIN) {
        return; // an event has to be read first
      }
      if (registered == 1) {
        process.addLate(mapping);
        queue.plan(mapping);
      }
      others.remove();
    }
  }

  private void readEvents() throws LinuxException {
    process.readEvents(events, this::apply);
    List<Segment> moved = changes.takeMoved();
    if (!moved.isEmpty()) {
      queue.plan(moved);
    }
    for (LazyProcess child : changes.takeForked()) {
      restore.forked(child);
    }
  }

  /** Under the write lock of the process. */
  private void apply(int count) {
    long now = System.nanoTime();
    for (int i = 0; i < count; i++) {
      if (events.type(i) == UffdEvents.PAGEFAULT) {
        faults.add(new Fault(events.address(i) & -Limits.PAGE, now));
      } else {
        changes.apply(events, i);
      }
    }
  }

  private void answerFaults() throws IOException {
    for (Iterator<Fault> all = faults.iterator(); all.hasNext() && !process.isGone(); ) {
      if (answer(all.next())) {
        all.remove();
      }
    }
  }

  /** False if an event has to be read first. */
  private boolean answer(Fault fault) throws IOException {
    Segment segment = process.segments().find(fault.page);
    if (segment == null) {
      return answerUnknown(fault);
    }
    Readers.Reader reader = readers.fault(segment.address(), segment.end());
    boolean answered =
        segment.chunk() == FillPlan.NO_CHUNK
            ? put(fault, segment, PageKind.ZERO, 0)
            : answerFromChunk(fault, segment, mostMore(reader));
    if (answered && isRecording) {
      queue.touched();
    } else if (answered && reader.wantsOrder()) {
      List<Segment> next = reader.expected(process.segments(), segment.address(), NEIGHBOURS);
      queue.hurry(next);
      reader.ordered(next);
    }
    return answered;
  }

  private int mostMore(Readers.Reader reader) {
    return isRecording ? 0 : reader.more(restores.getAsInt());
  }

  private boolean answerFromChunk(Fault fault, Segment segment, int more) throws IOException {
    recorder.accept(segment.chunk());
    if (more > 0) {
      fillBehind(segment, more);
      if (segment.isFilled()) { // by a filler, meanwhile; who faults here again is no reader
        answered(fault);
        return true;
      }
    }
    boolean[] answered = new boolean[1];
    try {
      reader.read(
          segment.chunk(),
          (address, length) -> {
            answered[0] = put(fault, segment, PageKind.COPY, address);
            boolean wanted = keep.test(segment.chunk());
            wanted |= segment.isShared() || segment.isPending();
            wanted |= filler.fillRest(segment.chunk(), address, MOST_BESIDE);
            return wanted ? AfterRead.KEEP : AfterRead.DROP;
          });
    } catch (CorruptException e) {
      damage.found(segment.chunk(), e, List.of(segment));
      answered[0] = !segment.isPending();
    }
    return answered[0];
  }

  /** So that who reads on there doesn't come back at once. */
  private void fillBehind(Segment segment, int count) {
    process.segments().pendingBehind(segment.address(), count).stream()
        .filter(next -> next.chunk() != FillPlan.NO_CHUNK)
        .map(next -> queue.take(next.chunk(), MOST_BESIDE))
        .filter(Objects::nonNull)
        .forEach(filler::run);
  }

  /** Puts the page there, and then what else the segment has. */
  private boolean put(Fault fault, Segment segment, PageKind kind, long chunk) {
    int at = (int) (fault.page - segment.address());
    PageWriter.ByteCounter counter = tally.faultBytes::add;
    switch (writer.put(kind, segment, at, at + Limits.PAGE, chunk, counter)) {
      case DONE -> answered(fault);
      case BUSY -> {
        return false;
      }
      case CLOSED, MISSING, VOID -> {
        process.wake(fault.page, Limits.PAGE); // it is not as it was: look again
        return true;
      }
      case UNSUPPORTED -> throw refused(fault.page);
    }
    if (segment.isPending() && segment.length() <= MOST_AT_ONCE) {
      Outcome before = writer.put(kind, segment, 0, at, chunk, counter);
      Outcome behind =
          writer.put(kind, segment, at + Limits.PAGE, segment.length(), chunk, counter);
      if (before == Outcome.DONE && behind == Outcome.DONE) {
        process.filled(segment);
      }
    }
    return true;
  }

  private boolean answerUnknown(Fault fault) {
    long result = process.put(PageKind.ZERO, null, fault.page, 0, Limits.PAGE);
    if (result == -Errno.EAGAIN || result == -Errno.ENOMEM) {
      return false;
    }
    if (result == -Errno.ESRCH || result == -Errno.ENOSPC) {
      process.gone();
    } else if (result > 0 || result == -Errno.EEXIST || result == -Errno.ENOENT) {
      tally.unknownFaults.increment();
      answered(fault);
    } else if (result != LazyProcess.VOID) {
      throw refused(fault.page);
    }
    return true;
  }

  private void answered(Fault fault) {
    process.wake(fault.page, Limits.PAGE); // if the page was there already, nobody has been woken
    tally.faults.increment();
    tally.latency.add(System.nanoTime() - fault.readAt);
  }

  private IllegalStateException refused(long page) {
    return new IllegalStateException(
        "the kernel refused page " + Long.toHexString(page) + " of " + process.name());
  }
}
