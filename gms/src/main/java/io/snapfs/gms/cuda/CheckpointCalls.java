package io.snapfs.gms.cuda;

import io.snapfs.linux.NativeFunction;
import io.snapfs.linux.NativeLibrary;

/** What the driver offers for the checkpoint of other processes. See {@link DriverCalls}. */
final class CheckpointCalls {
  private final NativeFunction cuCheckpointProcessGetState;
  private final NativeFunction cuCheckpointProcessLock;
  private final NativeFunction cuCheckpointProcessCheckpoint;
  private final NativeFunction cuCheckpointProcessRestore;
  private final NativeFunction cuCheckpointProcessUnlock;

  CheckpointCalls(NativeLibrary cuda) {
    cuCheckpointProcessGetState = cuda.function("cuCheckpointProcessGetState");
    cuCheckpointProcessLock = cuda.function("cuCheckpointProcessLock");
    cuCheckpointProcessCheckpoint = cuda.function("cuCheckpointProcessCheckpoint");
    cuCheckpointProcessRestore = cuda.function("cuCheckpointProcessRestore");
    cuCheckpointProcessUnlock = cuda.function("cuCheckpointProcessUnlock");
  }

  int cuCheckpointProcessGetState(int pid, long stateAddress) {
    return (int) cuCheckpointProcessGetState.call(pid, stateAddress);
  }

  int cuCheckpointProcessLock(int pid, long argumentsAddress) {
    return (int) cuCheckpointProcessLock.call(pid, argumentsAddress);
  }

  int cuCheckpointProcessCheckpoint(int pid, long argumentsAddress) {
    return (int) cuCheckpointProcessCheckpoint.call(pid, argumentsAddress);
  }

  int cuCheckpointProcessRestore(int pid, long argumentsAddress) {
    return (int) cuCheckpointProcessRestore.call(pid, argumentsAddress);
  }

  int cuCheckpointProcessUnlock(int pid, long argumentsAddress) {
    return (int) cuCheckpointProcessUnlock.call(pid, argumentsAddress);
  }
}
