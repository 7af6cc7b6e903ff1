package io.snapfs.restore.timeline;

/**
 * Something that was done, or a moment at which something was seen.
 *
 * @param track who did it, such as {@code snapfs} or {@code criu}: steps of one track follow or
 *     enclose one another
 * @param name what it was, for people
 * @param startNanos from the beginning of the timeline, not negative
 * @param nanos how long it took; 0 of a moment
 */
public record Step(String track, String name, long startNanos, long nanos) {
  public Step {
    if (startNanos < 0 || nanos < 0) {
      throw new IllegalArgumentException(
          "step " + name + " starts at " + startNanos + " ns and takes " + nanos + " ns");
    }
  }

  /** When it was over, in nanoseconds from the beginning of the timeline. */
  public long endNanos() {
    return startNanos + nanos;
  }
}
