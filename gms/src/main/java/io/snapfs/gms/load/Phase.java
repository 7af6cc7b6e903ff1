package io.snapfs.gms.load;

/** What a load spends its time with; each is told in nanoseconds. */
public enum Phase {
  /** Looking for the weights and for their chunks. */
  PLAN,
  /** Until the driver has started, and every device has given its memory; beside the rest. */
  CONNECT,
  /** Pinning the ring: the sum of all threads. */
  PIN,
  /** Reading stored chunks, into pinned memory if they are raw: the sum of all threads. */
  READ,
  /** Checking and decoding: the sum of all threads. */
  DECODE,
  /** Waiting for devices to have given memory, and for copies to end: the sum of all threads. */
  COPY,
  /** From the end of the last copy until the servers have committed. */
  COMMIT
}
