package io.snapfs.gms.cuda;

/** What the driver offers for the checkpoint of other processes. See {@link DriverCalls}. */
public interface CheckpointCalls {
  int cuCheckpointProcessGetState(int pid, long stateAddress);

  int cuCheckpointProcessLock(int pid, long argumentsAddress);

  int cuCheckpointProcessCheckpoint(int pid, long argumentsAddress);

  int cuCheckpointProcessRestore(int pid, long argumentsAddress);

  int cuCheckpointProcessUnlock(int pid, long argumentsAddress);
}
