package io.snapfs.gms.load;

import io.snapfs.format.Limits;
import java.io.IOException;

/**
 * How to load.
 *
 * @param jobs threads that read and decode, at least 1
 * @param slotBytes of one run of chunks, which is copied at once; a multiple of {@link
 *     Limits#MAX_CHUNK}
 * @param ringBytes pinned memory for all slots of a load that has no cache to share; at least two
 *     slots for each thread are made
 * @param streams of each device, at least 1
 */
public record LoadOptions(int jobs, int slotBytes, long ringBytes, int streams) {
  private static final int SLOT = 8 << 20;
  private static final long RING = 512L << 20;
  private static final int STREAMS = 4;

  public LoadOptions {
    if (jobs < 1 || streams < 1) {
      throw new IllegalArgumentException("jobs and streams must be at least 1");
    }
    if (slotBytes < Limits.MAX_CHUNK || slotBytes % Limits.MAX_CHUNK != 0) {
      throw new IllegalArgumentException("a slot must hold a chunk, not " + slotBytes + " bytes");
    }
  }

  /** Slots of 8 MiB, a ring of 512 MiB, 4 streams. */
  public static LoadOptions of(int jobs) {
    return new LoadOptions(jobs, SLOT, RING, STREAMS);
  }

  /** A cache as large as a ring, or as large as is wanted, for these loads and others. */
  public WeightsCache newCache(long bytes) throws IOException {
    return new WeightsCache(Math.max(bytes, Math.max(2L * jobs * slotBytes, ringBytes)), slotBytes);
  }

  /** A cache for one load of so many runs. */
  WeightsCache ring(int runs) throws IOException {
    long wanted = Math.max(2L * jobs, ringBytes / slotBytes);
    return new WeightsCache(Math.max(1, Math.min(wanted, runs)) * slotBytes, slotBytes);
  }
}
