package io.snapfs.restore.pages;

import io.snapfs.format.CorruptException;
import io.snapfs.format.read.AfterRead;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.linux.IoPriority;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Processes;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Fills memory in the background, as a thread of its own: takes jobs from the queue, has their
 * chunks decoded, and puts them wherever they belong. Others that have decoded a chunk use it too.
 */
final class Filler implements Runnable {
  private static final Logger LOG = System.getLogger(Filler.class.getName());

  /** How often a mapping must be missing, at growing intervals, until nobody waits for it. */
  private static final int MOST_MISSES = 20;

  /** How often the store may fail to give a chunk, at growing intervals. */
  private static final int MOST_FAILURES = 5;

  private final ArtifactReader reader;
  private final FillQueue queue;
  private final PageWriter writer;
  private final Damage damage;
  private final Tally tally;
  private final IntPredicate keep;

  Filler(Shared shared) {
    this.reader = shared.reader();
    this.queue = shared.queue();
    this.writer = shared.writer();
    this.damage = shared.damage();
    this.tally = shared.tally();
    this.keep = shared.keep();
  }

  @Override
  public void run() {
    letOthersGoBefore();
    try {
      for (FillJob job = queue.next(); job != null; job = queue.next()) {
        run(job);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever interrupts wants the thread to end
    }
  }

  /**
   * The processes themselves, CRIU, and those that answer faults go first, and at once: a thread of
   * another policy may have to wait milliseconds until this one has used up its slice. That policy
   * would also have its reads wait for everybody's, and most of what they bring is waited for.
   */
  private static void letOthersGoBefore() {
    try {
      Processes.idleThread(true);
      IoPriority.BEST_EFFORT.take();
    } catch (LinuxException e) {
      LOG.log(Level.DEBUG, "memory is filled like everything else", e);
    }
  }

  /** Does a job that was taken out of the queue. */
  void run(FillJob job) {
    List<Segment> segments = job.segments();
    if (segments.isEmpty()) {
      decodeAhead(job);
      return;
    }
    segments.removeIf(segment -> !segment.isPending() || segment.process().isGone());
    if (segments.isEmpty()) {
      return;
    }
    if (job.isDecoded() && segments.stream().noneMatch(each -> each.gate().isWorthTrying())) {
      queue.park(job);
      return;
    }
    try {
      if (job.chunk() == FillPlan.NO_CHUNK) {
        fill(job, PageKind.ZERO, 0);
      } else {
        tally.chunks.increment();
        reader.read(
            job.chunk(),
            (address, length) -> {
              job.decoded();
              fill(job, PageKind.COPY, address);
              // In this order: who isn't awaited any more has its memory in the queue.
              boolean wanted = keep.test(job.chunk()) || !segments.isEmpty();
              wanted |= fillRest(job.chunk(), address, Integer.MAX_VALUE);
              return wanted ? AfterRead.KEEP : AfterRead.DROP;
            });
      }
    } catch (CorruptException e) {
      damage.found(job.chunk(), e, segments);
    } catch (IOException e) {
      if (job.failed() == MOST_FAILURES) {
        damage.found(job.chunk(), e, segments);
      }
    }
    segments.removeIf(segment -> !segment.isPending());
    takeBack(job);
  }

  private void decodeAhead(FillJob job) {
    int[] decoded = new int[1];
    try {
      reader.read(
          job.chunk(),
          (address, length) -> {
            decoded[0] = length;
            job.decoded();
            return AfterRead.KEEP;
          });
      tally.chunks.increment();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "whoever needs the chunk says what is wrong", e);
    } finally {
      queue.hold(job, decoded[0]);
    }
  }

  /**
   * Fills what else waits for a chunk that the caller is using: so a chunk is decoded once, though
   * the processes of several restores ask for chunks in different orders.
   *
   * @param mostSegments nothing is done if there are more
   * @return whether some of it was not filled, so that the chunk is wanted again
   */
  boolean fillRest(int chunk, long address, int mostSegments) {
    FillJob job = queue.take(chunk, mostSegments);
    if (job == null) {
      return queue.isWanted(chunk);
    }
    job.decoded();
    job.segments().removeIf(segment -> segment.process().isGone());
    fill(job, PageKind.COPY, address);
    takeBack(job);
    return !job.segments().isEmpty();
  }

  /** Fills what can be filled, and leaves the rest in the job. */
  private void fill(FillJob job, PageKind kind, long chunk) {
    job.segments().removeIf(segment -> fill(segment, kind, chunk));
  }

  private boolean fill(Segment segment, PageKind kind, long chunk) {
    if (!segment.isPending()) {
      return true;
    }
    if (!segment.gate().isWorthTrying() && !segment.process().isRestored()) {
      return false;
    }
    Tally its = segment.process().tally();
    PageWriter.ByteCounter counter =
        kind == PageKind.ZERO ? its.zeroBytes::add : its.backgroundBytes::add;
    switch (writer.put(kind, segment, 0, segment.length(), chunk, counter)) {
      case DONE -> segment.process().filled(segment);
      case VOID -> {}
      case MISSING -> {
        if (segment.miss() < MOST_MISSES) {
          return false;
        }
        segment.process().giveUp(segment);
      }
      case CLOSED, BUSY -> {
        return false;
      }
      case UNSUPPORTED ->
          throw new IllegalStateException(
              "the kernel refused a page of " + segment.process().name());
    }
    return true;
  }

  private void takeBack(FillJob job) {
    if (job.segments().isEmpty()) {
      return;
    }
    if (job.segments().stream().allMatch(segment -> segment.process().isRestored())) {
      queue.pause(job);
    } else {
      queue.park(job);
    }
  }
}
