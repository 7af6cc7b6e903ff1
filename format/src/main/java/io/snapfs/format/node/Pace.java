package io.snapfs.format.node;

import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Keeps background work behind readers: while somebody reads, it rests seven times as long as it
 * worked. Confined to a thread.
 */
final class Pace {
  /** Parts of its time that a worker rests while somebody reads, for each that it works. */
  private static final int REST = 7;

  /** Longest rest, so that one slow step doesn't stop the work for long. */
  private static final long MOST_REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongConsumer done;
  private final LongSupplier demand;
  private final CountDownLatch stop;
  private long demandSeen;
  private long since;

  /**
   * Begins to work.
   *
   * @param demand grows when somebody reads
   * @param stop counted down when the work is to be given up
   */
  Pace(LongSupplier demand, CountDownLatch stop) {
    this(demand, stop, bytes -> {});
  }

  private Pace(LongSupplier demand, CountDownLatch stop, LongConsumer done) {
    this.done = done;
    this.demand = demand;
    this.stop = stop;
    demandSeen = demand.getAsLong();
    since = System.nanoTime();
  }

  /**
   * For work that somebody waits for: without rests.
   *
   * @param done is told of the bytes of each piece
   */
  static Pace unbound(LongConsumer done) {
    return new Pace(() -> 0, new CountDownLatch(1), done);
  }

  /**
   * A piece of work is done.
   *
   * @param bytes of it
   * @throws InterruptedIOException if there is to be no next one
   */
  void step(long bytes) throws InterruptedIOException {
    done.accept(bytes);
    long now = System.nanoTime();
    long demandNow = demand.getAsLong();
    long rest = demandNow == demandSeen ? 0 : Math.min(MOST_REST_NANOS, REST * (now - since));
    try {
      if (stop.await(rest, TimeUnit.NANOSECONDS)) {
        throw new InterruptedIOException("given up");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    demandSeen = demand.getAsLong();
    since = System.nanoTime();
  }
}
