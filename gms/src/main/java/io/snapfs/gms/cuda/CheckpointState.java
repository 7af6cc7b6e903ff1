package io.snapfs.gms.cuda;

/** Where a process stands in the driver's checkpoint API. */
public enum CheckpointState {
  /** It may use its devices. */
  RUNNING,
  /** Its calls to the driver wait. */
  LOCKED,
  /** It holds no device; what was there lies in its memory. */
  CHECKPOINTED,
  /** A restore has failed, for good. */
  FAILED;

  private static final CheckpointState[] VALUES = values();

  /** From the driver's number; one that is unknown counts as failed. */
  static CheckpointState of(int number) {
    return number >= 0 && number < VALUES.length ? VALUES[number] : FAILED;
  }
}
