package io.snapfs.restore.timeline;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * When each step of a checkpoint or restore began and ended. Time is that of {@link
 * System#nanoTime}, counted from the beginning of the timeline; what began before counts from the
 * beginning. Safe for use by many threads.
 */
public final class Timeline {
  /** The track of the process that drives the others. */
  public static final String SNAPFS = "snapfs";

  private static final Comparator<Step> BY_START =
      Comparator.comparingLong(Step::startNanos)
          .thenComparing(Comparator.comparingLong(Step::nanos).reversed());

  private final long begin;
  private final List<Step> steps = new ArrayList<>();

  /** A step that is going on; closing it ends it. */
  public final class Running implements AutoCloseable {
    private final String track;
    private final String name;
    private final long start = System.nanoTime();
    private boolean ended;

    private Running(String track, String name) {
      this.track = track;
      this.name = name;
    }

    /** Ends the step. Idempotent. */
    @Override
    public void close() {
      if (!ended) {
        ended = true;
        add(track, name, start, System.nanoTime());
      }
    }
  }

  /** What a step does. */
  @FunctionalInterface
  public interface Action {
    void run() throws IOException;
  }

  /** What a step finds out or makes. */
  @FunctionalInterface
  public interface Work<T> {
    T get() throws IOException;
  }

  /** Begins now. */
  public Timeline() {
    this(System.nanoTime());
  }

  /**
   * Begins at a moment that has passed.
   *
   * @param begin by {@link System#nanoTime}
   */
  public Timeline(long begin) {
    this.begin = begin;
  }

  /** The beginning, by {@link System#nanoTime}. */
  public long begin() {
    return begin;
  }

  /** Begins a step of {@link #SNAPFS}. */
  public Running start(String name) {
    return start(SNAPFS, name);
  }

  /** Begins a step. */
  public Running start(String track, String name) {
    return new Running(track, name);
  }

  /** Does something as a step of {@link #SNAPFS}; it ends also if it fails. */
  public void run(String name, Action action) throws IOException {
    Running step = start(name);
    try {
      action.run();
    } finally {
      step.close();
    }
  }

  /** Makes something in a step of {@link #SNAPFS}; it ends also if it fails. */
  public <T> T get(String name, Work<T> work) throws IOException {
    Running step = start(name);
    try {
      return work.get();
    } finally {
      step.close();
    }
  }

  /** Notes that something is seen now. */
  public void mark(String track, String name) {
    long now = System.nanoTime();
    add(track, name, now, now);
  }

  /**
   * Adds a step that is over.
   *
   * @param start by {@link System#nanoTime}
   * @param end by {@link System#nanoTime}, not before {@code start}
   */
  public void add(String track, String name, long start, long end) {
    long from = Math.max(0, start - begin);
    Step step = new Step(track, name, from, Math.max(0, end - begin - from));
    synchronized (steps) {
      steps.add(step);
    }
  }

  /** What has been added so far, in the order of beginning; an enclosing step before its parts. */
  public List<Step> steps() {
    synchronized (steps) {
      return steps.stream().sorted(BY_START).toList();
    }
  }
}
