package io.snapfs.gms.load;

import io.snapfs.format.Limits;

/**
 * How to load.
 *
 * @param jobs threads that read and decode, at least 1
 * @param slotBytes of one run of chunks, which is copied at once; a multiple of {@link
 *     Limits#MAX_CHUNK}
 * @param ringBytes pinned memory for all slots; at least two slots for each thread are made
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

  /** So many slots for a load of so many runs. */
  int slots(int runs) {
    long wanted = Math.max(2L * jobs, ringBytes / slotBytes);
    return (int) Math.max(1, Math.min(wanted, runs));
  }
}
