package io.snapfs.format.read;

import java.io.IOException;

/**
 * One chunk on its way into the cache: how concurrent readers and read-ahead agree on who decodes
 * it.
 *
 * <pre>
 *   read-ahead            demand
 *       |                    |
 *    QUEUED --- join() --> CLAIMED          the owner may still wait for memory
 *       | \                  |
 *       |  tryLoad()      loading()
 *       |         \          |
 *       |          '----> LOADING           ends without waiting for anybody
 *       |                 /     \
 *       |             land()     \
 *       |              /          \
 *       |           LANDED         \        decoded ahead, waits for its reader
 *       |              |            |        lend() lets it be
 *  abandon()   join() + finish()  finish(), fail()
 *       '------------- DONE -------'
 * </pre>
 *
 * <p>Its monitor guards everything and nothing is called under it. A waiter is given its use of the
 * chunk by whoever finishes, so it can't miss it however quickly the cache evicts.
 */
final class Fill {
  /** What a reader has to do about a fill that it found. */
  enum Turn {
    /** It is yours: load the chunk and finish or fail. */
    LOAD,
    /** It had landed: its use of {@link Fill#chunk()} is yours now; finish the fill. */
    TAKE,
    /** Somebody loads it: call {@link Fill#await}. */
    WAIT,
    /** Its owner waits for memory, and you said that you can't. */
    REFUSED,
    /** It is over: look again. */
    GONE
  }

  private enum State {
    QUEUED,
    CLAIMED,
    LOADING,
    LANDED,
    DONE
  }

  private final ChunkKey key;
  private final int reserved;
  private State state;
  private int waiters;
  private boolean abandoned;
  private ChunkRun run;
  private CachedChunk chunk;
  private Throwable failure;
  private long landedNanos;

  private Fill(ChunkKey key, int reserved, State state) {
    this.key = key;
    this.reserved = reserved;
    this.state = state;
  }

  /** By a reader who will load it now. */
  static Fill claimed(ChunkKey key) {
    return new Fill(key, 0, State.CLAIMED);
  }

  /**
   * By read-ahead, for whoever comes first.
   *
   * @param reserved bytes of the read-ahead budget that it takes
   */
  static Fill queued(ChunkKey key, int reserved) {
    return new Fill(key, reserved, State.QUEUED);
  }

  ChunkKey key() {
    return key;
  }

  int reserved() {
    return reserved;
  }

  /**
   * A reader wants the chunk.
   *
   * @param patient whether it may wait for somebody who waits for memory
   */
  synchronized Turn join(boolean patient) {
    switch (state) {
      case QUEUED -> {
        state = State.CLAIMED;
        return Turn.LOAD;
      }
      case LANDED -> {
        state = State.LOADING; // until the taker has put it into the cache
        return Turn.TAKE;
      }
      case DONE -> {
        return Turn.GONE;
      }
      case CLAIMED -> {
        if (!patient) {
          return Turn.REFUSED;
        }
      }
      case LOADING -> {}
    }
    waiters++;
    return Turn.WAIT;
  }

  /**
   * A reader uses the chunk and others will come for the rest of it: it stays where it is, in the
   * budget of read-ahead, and counts as just landed.
   *
   * @return the chunk, of which the caller is now a user; null if it has not landed
   */
  synchronized CachedChunk lend() {
    if (state != State.LANDED) {
      return null;
    }
    chunk.retain(1);
    landedNanos = System.nanoTime();
    return chunk;
  }

  /**
   * A reader to whom it was lent reads its last byte: nobody else will come.
   *
   * @return true if its use of {@link #chunk()} is the caller's now, who finishes the fill
   */
  synchronized boolean takeIfLanded() {
    if (state != State.LANDED) {
      return false;
    }
    state = State.LOADING;
    return true;
  }

  /**
   * Waits, after {@link Turn#WAIT}, until it is over.
   *
   * @return the chunk, of which the caller is now a user; null if the owner gave up: try again
   * @throws IOException why it could not be loaded
   */
  synchronized CachedChunk await() throws IOException {
    boolean interrupted = false;
    while (state != State.DONE) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // a read is not abandoned half-way; the caller sees the flag
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof IOException io) {
      throw io;
    }
    if (failure != null) {
      throw new IOException("another reader of the same chunk failed: " + failure, failure);
    }
    return chunk;
  }

  /** Read-ahead loads it together with others, who are all in the run by now. */
  synchronized void joins(ChunkRun itsRun) {
    run = itsRun;
  }

  /** The run that will load it, if nobody has begun with that yet; else null. */
  synchronized ChunkRun waitingRun() {
    return state == State.QUEUED && run != null && !run.hasBegun() ? run : null;
  }

  /** Claimed, and the memory is there: from here on it ends without waiting for others. */
  synchronized void loading() {
    state = State.LOADING;
  }

  /** Read-ahead, which has the memory, wants to load it. False if somebody was faster. */
  synchronized boolean tryLoad() {
    if (state != State.QUEUED) {
      return false;
    }
    state = State.LOADING;
    return true;
  }

  /** Read-ahead won't load it. False if somebody has begun to. */
  synchronized boolean cancelIfQueued() {
    if (state != State.QUEUED) {
      return false;
    }
    end();
    return true;
  }

  /** Whether nobody has begun to load it. */
  synchronized boolean isQueued() {
    return state == State.QUEUED;
  }

  /**
   * Read-ahead has decoded it.
   *
   * @return true if the caller's use of the chunk now belongs to this fill until a reader comes;
   *     false if there is one already, or none will come: put it into the cache and finish
   */
  synchronized boolean land(CachedChunk decoded) {
    if (waiters > 0 || abandoned) {
      return false;
    }
    state = State.LANDED;
    chunk = decoded;
    landedNanos = System.nanoTime();
    return true;
  }

  /** It is over: every waiter becomes a user of the chunk, as the caller is one. */
  synchronized void finish(CachedChunk decoded) {
    if (waiters > 0) {
      decoded.retain(waiters);
    }
    chunk = decoded;
    end();
  }

  /**
   * It is over without a result: every waiter gets the failure, or tries by itself if there is
   * none.
   */
  synchronized void fail(Throwable causeOrNull) {
    failure = causeOrNull;
    end();
  }

  /**
   * Nobody is expected to come for it any more.
   *
   * @return {@link Turn#LOAD} if it was still queued and is over now; {@link Turn#TAKE} if it had
   *     landed: its use of {@link #chunk()} is the caller's now, who finishes the fill; {@link
   *     Turn#GONE} if others will see to it
   */
  synchronized Turn abandon() {
    switch (state) {
      case QUEUED -> {
        end();
        return Turn.LOAD;
      }
      case LANDED -> {
        state = State.LOADING;
        return Turn.TAKE;
      }
      default -> {
        abandoned = true;
        return Turn.GONE;
      }
    }
  }

  /** Whether it has been waiting for its reader since before an instant of the system's timer. */
  synchronized boolean landedBefore(long nanos) {
    return state == State.LANDED && landedNanos - nanos < 0;
  }

  synchronized boolean isDone() {
    return state == State.DONE;
  }

  synchronized CachedChunk chunk() {
    return chunk;
  }

  private void end() {
    state = State.DONE;
    run = null;
    notifyAll();
  }
}
