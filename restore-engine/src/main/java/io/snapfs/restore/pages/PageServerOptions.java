package io.snapfs.restore.pages;

import io.snapfs.format.profile.Profile;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;

/**
 * How a {@link PageServer} works.
 *
 * @param jobs threads that fill in the background, at least one
 * @param aheadBytes how much may be decoded before there is memory for it; at most what the chunk
 *     cache holds
 * @param rank of a chunk, by its index in the manifest: lower ones are filled with first, equal
 *     ones as {@link FillOrder} says
 * @param recorder is told of every chunk that a process waits for, by many threads at once; or
 *     {@link #NOBODY}. With one, nothing is filled that nobody waits for until nobody has waited
 *     for a while: what comes by itself would be missing in the recording
 */
public record PageServerOptions(
    int jobs, long aheadBytes, IntUnaryOperator rank, IntConsumer recorder) {
  /** Rank of chunks of which nothing is known. */
  static final int LAST = Integer.MAX_VALUE;

  /** Records nothing. */
  static final IntConsumer NOBODY = chunk -> {};

  /** Checks them. */
  public PageServerOptions {
    if (jobs < 1 || aheadBytes < 0) {
      throw new IllegalArgumentException(jobs + " jobs, " + aheadBytes + " bytes ahead");
    }
  }

  /**
   * One job for each processor, no ranks, nothing recorded.
   *
   * @param cacheBytes what the chunk cache holds
   */
  public static PageServerOptions defaults(long cacheBytes) {
    return new PageServerOptions(
        Runtime.getRuntime().availableProcessors(), cacheBytes / 2, chunk -> 0, NOBODY);
  }

  /** The same with another number of jobs. */
  public PageServerOptions withJobs(int number) {
    return new PageServerOptions(number, aheadBytes, rank, recorder);
  }

  /** The same, but first with the chunks of a profile, in its order. */
  public PageServerOptions withProfile(Profile profile) {
    int[] positions = profile.positions();
    IntUnaryOperator byPosition = chunk -> positions[chunk] < 0 ? LAST : positions[chunk];
    return new PageServerOptions(jobs, aheadBytes, byPosition, recorder);
  }

  /** Whether somebody is told of faults. */
  boolean isRecording() {
    return recorder != NOBODY;
  }

  /** The same with somebody who is told of faults. */
  public PageServerOptions withRecorder(IntConsumer other) {
    return new PageServerOptions(jobs, aheadBytes, rank, other);
  }
}
