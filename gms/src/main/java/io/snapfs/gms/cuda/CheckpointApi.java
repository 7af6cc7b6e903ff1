package io.snapfs.gms.cuda;

import io.snapfs.linux.Addresses;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;

/**
 * Takes what other processes hold of devices into their memory and back: lock, checkpoint (then
 * they may be dumped and restored), restore, unlock. Needs the rights to trace the process, and no
 * context. Stateless; calls on different processes may be made in parallel.
 *
 * <p>The driver says nothing if a process holds imported memory at its checkpoint, and can't
 * restore it then: see that there is none.
 */
public final class CheckpointApi {
  /** Every call takes a structure of this size whose unused bytes are zero. */
  private static final int ARGUMENTS = 64;

  // CUcheckpointRestoreArgs
  private static final int PAIR_COUNT = 8;

  private final CudaLibrary library;

  CheckpointApi(CudaLibrary library) {
    this.library = library;
  }

  /**
   * Where a process stands.
   *
   * @throws CudaException also if the process has never used the driver
   */
  public CheckpointState state(int pid) throws CudaException {
    Arguments arguments = Arguments.zeroed(Long.BYTES);
    check(
        library.checkpoint().cuCheckpointProcessGetState(pid, arguments.address()),
        "cuCheckpointProcessGetState",
        pid);
    return CheckpointState.of(arguments.buffer().getInt(0));
  }

  /**
   * Makes a process's calls to the driver wait, when those under way are done.
   *
   * @param timeout how long to wait for them; it is not locked if they take longer
   */
  public void lock(int pid, Duration timeout) throws CudaException {
    Arguments arguments = Arguments.zeroed(ARGUMENTS);
    arguments.buffer().putInt(0, Math.toIntExact(timeout.toMillis()));
    check(
        library.checkpoint().cuCheckpointProcessLock(pid, arguments.address()),
        "cuCheckpointProcessLock",
        pid);
  }

  /** Moves what a locked process holds into its memory, and lets the devices go. */
  public void checkpoint(int pid) throws CudaException {
    check(
        library
            .checkpoint()
            .cuCheckpointProcessCheckpoint(pid, Arguments.zeroed(ARGUMENTS).address()),
        "cuCheckpointProcessCheckpoint",
        pid);
  }

  /**
   * Moves it back; the process stays locked. A failure is for good.
   *
   * @param pairs which device takes which one's place, all devices of the checkpoint among them;
   *     empty if they are the same
   */
  public void restore(int pid, List<GpuPair> pairs) throws CudaException {
    ByteBuffer table = ByteBuffer.allocateDirect(Math.max(1, pairs.size()) * 2 * GpuUuid.BYTES);
    for (GpuPair pair : pairs) {
      table.put(pair.from().bytes()).put(pair.to().bytes());
    }
    // Not the thread's scratch memory: this call may take seconds, and more are made beside it.
    ByteBuffer arguments = ByteBuffer.allocateDirect(ARGUMENTS).order(ByteOrder.nativeOrder());
    if (!pairs.isEmpty()) {
      arguments.putLong(0, Addresses.of(table)).putInt(PAIR_COUNT, pairs.size());
    }
    try {
      check(
          library.checkpoint().cuCheckpointProcessRestore(pid, Addresses.of(arguments)),
          "cuCheckpointProcessRestore",
          pid);
    } finally {
      Reference.reachabilityFence(table);
      Reference.reachabilityFence(arguments);
    }
  }

  /** Lets a locked process go on. */
  public void unlock(int pid) throws CudaException {
    check(
        library.checkpoint().cuCheckpointProcessUnlock(pid, Arguments.zeroed(ARGUMENTS).address()),
        "cuCheckpointProcessUnlock",
        pid);
  }

  private void check(int result, String call, int pid) throws CudaException {
    if (result != 0) {
      throw library.failure(result, call, "of process " + pid);
    }
  }
}
