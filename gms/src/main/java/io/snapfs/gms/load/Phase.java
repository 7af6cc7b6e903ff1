package io.snapfs.gms.load;

/** What a load spends its time with; each is told in nanoseconds. */
public enum Phase {
  /** Looking for the weights and for their chunks; next to nothing where the cache knows them. */
  PLAN,
  /** Until the driver has started, and every device has given its memory; beside the rest. */
  CONNECT,
  /** Of that, waiting until a server gave its lock and had freed what it held: the longest. */
  LOCK,
  /** From when all devices have given memory and the plan is made until the first copy begins. */
  START,
  /** Pinning memory: the sum of all threads. */
  PIN,
  /** Reading stored chunks, into pinned memory if they are raw: the sum of all threads. */
  READ,
  /** Checking and decoding: the sum of all threads. */
  DECODE,
  /** Waiting for slots, which copies read from, and beginning copies: the sum of all threads. */
  COPY,
  /** Telling the servers what lies where, beside the copies. */
  NAMES,
  /** From when the last copy had begun until all had ended. */
  DRAIN,
  /** From the end of the last copy until the servers have committed. */
  COMMIT
}
