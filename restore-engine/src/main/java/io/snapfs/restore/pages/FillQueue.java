package io.snapfs.restore.pages;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What is to be filled in the background, in order. First what lies behind the latest faults, since
 * who reads there will go on; then what was tried in vain and may be possible now; then the rest as
 * it was planned, as long as not too much of it is decoded and waits.
 *
 * <p>Jobs for memory that CRIU hasn't registered yet are parked. Every millisecond one of them is
 * tried, and as soon as a mapping is found to be open, all are. Other jobs that failed are tried
 * again after a pause, which doubles.
 *
 * <p>Memory that is to be filled from a chunk joins the job of that chunk if one waits, so that the
 * chunk is decoded once.
 *
 * <p>Before CRIU has told of any memory, the first chunks that it is going to tell of are decoded,
 * as far as may be ahead, and held: the processors, and the disk more so, have little to do while
 * CRIU forks. Chunks that one restore is filled with while another one is coming are filled into
 * that one first of all, since they are in the cache. Who answers a fault may take over what waits
 * for its turn, also what is decoded, but nothing that is paused.
 *
 * <p>While it is recorded what processes ask for, nothing is handed out until all that were
 * expected run and nobody has {@linkplain #touched asked} for a while.
 *
 * <p>Safe for use by many threads; its monitor guards everything, and nothing is called under it.
 * Whether a chunk is wanted is asked without it, for every chunk.
 */
final class FillQueue {
  private static final int MOST_DOUBLINGS = 5;

  /** So many readers are followed, the latest first. */
  private static final int MOST_READERS = 8;

  private final long mostAhead;
  private final int mostDecodingAhead;
  private final long quietNanos;
  private final ArrayDeque<ArrayDeque<Segment>> urgent = new ArrayDeque<>();
  private final ArrayDeque<FillJob> released = new ArrayDeque<>();
  private final ArrayDeque<FillJob> cached = new ArrayDeque<>();
  private final ArrayDeque<FillJob> planned = new ArrayDeque<>();
  private final ArrayDeque<FillJob> parked = new ArrayDeque<>();
  private final PriorityQueue<FillJob> paused =
      new PriorityQueue<>(Comparator.comparingLong(FillJob::due));
  private final Map<Integer, FillJob> byChunk = new ConcurrentHashMap<>();
  private final BitSet kept = new BitSet();
  private int[] expected = {};
  private int nextExpected;
  private int decodingAhead;
  private int coming;
  private long aheadBytes;
  private long nextProbe = System.nanoTime();
  private long lastTouch = System.nanoTime();
  private boolean closed;

  /**
   * @param mostAhead bytes that may be decoded and wait for their memory
   * @param mostDecodingAhead threads that may decode what is {@linkplain #expect expected}
   * @param quietNanos for how long nobody must have asked before anything is handed out
   */
  FillQueue(long mostAhead, int mostDecodingAhead, long quietNanos) {
    this.mostAhead = mostAhead;
    this.mostDecodingAhead = mostDecodingAhead;
    this.quietNanos = quietNanos;
  }

  /**
   * A restore is coming; {@link #allPlanned} takes that back.
   *
   * @param chunks of its memory, in the order in which it is to be filled
   */
  synchronized void expect(int[] chunks) {
    coming++;
    if (coming == 1 && planned.isEmpty()) {
      expected = chunks;
      nextExpected = 0;
      notifyAll();
    }
  }

  /** All memory of a restore that was expected is planned, or is not going to be. */
  synchronized void allPlanned() {
    lastTouch = System.nanoTime();
    coming--;
    if (coming == 0) {
      kept.clear();
      expectNoMore();
      for (FillJob job : List.copyOf(byChunk.values())) {
        if (job.segments().isEmpty()) {
          byChunk.remove(job.chunk());
          aheadBytes -= job.aheadBytes();
        }
      }
      notifyAll();
    }
  }

  /** A process has waited for memory. */
  synchronized void touched() {
    lastTouch = System.nanoTime();
  }

  private void expectNoMore() {
    nextExpected = expected.length;
  }

  /**
   * Takes a chunk back that was decoded before anything was known to need it.
   *
   * @param plainBytes that were decoded; 0 if that failed
   */
  synchronized void hold(FillJob job, int plainBytes) {
    decodingAhead--;
    notifyAll();
    if (plainBytes > 0
        && nextExpected < expected.length
        && byChunk.putIfAbsent(job.chunk(), job) == null) {
      job.countAhead(plainBytes);
      aheadBytes += plainBytes;
    }
  }

  /** Whether a chunk that is being used should stay in the cache for a restore that is coming. */
  synchronized boolean keep(int chunk) {
    if (coming > 0) {
      kept.set(chunk);
    }
    return coming > 0;
  }

  /** Adds memory in the order in which it is to be filled. */
  synchronized void plan(Collection<Segment> segments) {
    expectNoMore();
    for (Segment segment : segments) {
      if (segment.isPending()) {
        plan(segment);
      }
    }
    notifyAll();
  }

  private void plan(Segment segment) {
    FillJob waiting = byChunk.get(segment.chunk());
    if (waiting != null) {
      if (waiting.segments().isEmpty()) { // it was held
        waiting.waits();
        cached.add(waiting);
      }
      waiting.segments().add(segment);
      return;
    }
    FillJob job = new FillJob(segment.chunk(), segment);
    boolean isCached = segment.chunk() != FillPlan.NO_CHUNK && kept.get(segment.chunk());
    (isCached ? cached : planned).add(job);
    remember(job);
  }

  /**
   * Has memory filled before all else: what a reader comes to next. If it was expected to come
   * here, nothing else is expected of that reader any more.
   */
  synchronized void hurry(List<Segment> segments) {
    if (segments.isEmpty()) {
      return;
    }
    Segment first = segments.get(0);
    urgent.removeIf(expected -> expected.contains(first));
    if (urgent.size() == MOST_READERS) {
      urgent.removeLast();
    }
    urgent.addFirst(new ArrayDeque<>(segments));
    notifyAll();
  }

  /**
   * The job of a chunk, for who has just decoded it; null if none waits that nobody has begun with,
   * or it has more memory than that.
   */
  FillJob take(int chunk, int mostSegments) {
    return isWanted(chunk) ? takeWaiting(chunk, mostSegments) : null;
  }

  private synchronized FillJob takeWaiting(int chunk, int mostSegments) {
    FillJob job = byChunk.get(chunk);
    if (job == null || job.segments().size() > mostSegments || !job.begin()) {
      return null;
    }
    byChunk.remove(chunk, job);
    aheadBytes -= job.aheadBytes();
    return job;
  }

  /** Whether memory waits for a chunk. */
  boolean isWanted(int chunk) {
    return byChunk.containsKey(chunk);
  }

  /** Takes back a job of which some memory isn't registered yet. */
  synchronized void park(FillJob job) {
    job.countAhead();
    aheadBytes += job.aheadBytes();
    job.waits();
    parked.add(job);
    remember(job);
  }

  /** Takes back a job of which some memory can't be filled for the moment. */
  synchronized void pause(FillJob job) {
    job.due(System.nanoTime() + (Gate.PAUSE_NANOS << Math.min(job.pauses(), MOST_DOUBLINGS)));
    job.countAhead();
    aheadBytes += job.aheadBytes();
    paused.add(job);
    remember(job);
    notifyAll();
  }

  /** A mapping was found to be registered, or all are: what was parked is tried. */
  synchronized void release() {
    released.addAll(parked);
    parked.clear();
    notifyAll();
  }

  /** The next job, waiting for one; null when the queue was closed. */
  synchronized FillJob next() throws InterruptedException {
    while (!closed) {
      long now = System.nanoTime();
      long pause = untilQuiet(now);
      FillJob job = pause > 0 ? null : poll(now);
      if (job != null) {
        return job;
      }
      pause = pause > 0 ? pause : untilNext(now);
      if (pause == Long.MAX_VALUE) {
        wait();
      } else if (pause > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, pause);
      }
    }
    return null;
  }

  private FillJob poll(long now) {
    FillJob job = pollUrgent();
    if (job == null) {
      job = pollWaiting(released);
    }
    if (job == null && !paused.isEmpty() && paused.peek().due() - now <= 0) {
      job = paused.remove();
    }
    if (job == null && !parked.isEmpty() && nextProbe - now <= 0) {
      nextProbe = now + Gate.PAUSE_NANOS;
      job = pollWaiting(parked);
    }
    if (job == null) {
      job = pollWaiting(cached);
    }
    if (job == null && aheadBytes < mostAhead) {
      job = pollWaiting(planned);
      if (job == null && nextExpected < expected.length && decodingAhead < mostDecodingAhead) {
        decodingAhead++;
        return FillJob.ahead(expected[nextExpected++]);
      }
    }
    if (job != null) {
      aheadBytes -= job.aheadBytes();
      byChunk.remove(job.chunk(), job);
    }
    return job;
  }

  private static FillJob pollWaiting(ArrayDeque<FillJob> jobs) {
    FillJob job = jobs.poll();
    while (job != null && !job.begin()) {
      job = jobs.poll();
    }
    return job;
  }

  /** The job of the next memory that a reader comes to, unless somebody is at it already. */
  private FillJob pollUrgent() {
    while (!urgent.isEmpty()) {
      Segment segment = urgent.peek().poll();
      if (segment == null) {
        urgent.remove();
      } else if (segment.isPending() && segment.chunk() == FillPlan.NO_CHUNK) {
        return new FillJob(segment.chunk(), segment);
      } else if (segment.isPending()) {
        FillJob job = byChunk.get(segment.chunk());
        if (job != null && job.begin()) {
          return job;
        }
      }
    }
    return null;
  }

  /** How long until anything may be handed out, unless somebody asks before. */
  private long untilQuiet(long now) {
    if (quietNanos == 0) {
      return 0;
    }
    return coming > 0 ? Long.MAX_VALUE : lastTouch + quietNanos - now;
  }

  /** How long until something waits no more, unless somebody adds something. */
  private long untilNext(long now) {
    long nanos = parked.isEmpty() ? Long.MAX_VALUE : nextProbe - now;
    return paused.isEmpty() ? nanos : Math.min(nanos, paused.peek().due() - now);
  }

  /** Ends every {@link #next}. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  private void remember(FillJob job) {
    if (job.chunk() != FillPlan.NO_CHUNK) {
      byChunk.putIfAbsent(job.chunk(), job);
    }
  }
}
