package io.snapfs.gms.checkpoint;

import io.snapfs.format.SnapfsException;
import io.snapfs.gms.cuda.CheckpointApi;
import io.snapfs.gms.cuda.CheckpointState;
import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.cuda.CudaException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * CUDA state that was taken into the memory of its processes, which are locked and hold no device.
 * Either all processes are, or none is. Not safe for use by many threads.
 */
public final class CudaCheckpoint {
  private final CheckpointApi api;
  private final CudaFacts facts;

  private CudaCheckpoint(CheckpointApi api, CudaFacts facts) {
    this.api = api;
    this.facts = facts;
  }

  /**
   * Locks all processes and then takes the state of all; null if none of them has any.
   *
   * @param lockWithin how long calls to the driver that are under way may take to end
   * @throws SnapfsException if that is not possible; all processes go on
   */
  public static CudaCheckpoint take(Cuda cuda, CudaUsers users, Duration lockWithin)
      throws IOException {
    CheckpointApi api = cuda.checkpoint();
    List<Integer> pids = users.withRunningState(api);
    if (pids.isEmpty()) {
      return null;
    }
    lockAll(api, pids, lockWithin);
    try (DeviceMemoryUse use = new DeviceMemoryUse(cuda)) {
      checkpointAll(api, pids);
      return new CudaCheckpoint(api, facts(cuda, pids, use));
    }
  }

  private static void lockAll(CheckpointApi api, List<Integer> pids, Duration lockWithin)
      throws SnapfsException {
    Deque<Integer> locked = new ArrayDeque<>();
    for (int pid : pids) {
      try {
        api.lock(pid, lockWithin);
        locked.push(pid);
      } catch (CudaException e) {
        throw undone(api, locked, e);
      }
    }
  }

  private static void checkpointAll(CheckpointApi api, List<Integer> pids) throws IOException {
    try {
      Parallel.run(pids, api::checkpoint);
    } catch (IOException e) {
      throw undone(api, reversed(pids), e);
    }
  }

  private static Deque<Integer> reversed(List<Integer> pids) {
    Deque<Integer> reversed = new ArrayDeque<>();
    pids.forEach(reversed::push);
    return reversed;
  }

  /** Lets processes go on, wherever they stand; the last first. Returns what to throw. */
  private static SnapfsException undone(
      CheckpointApi api, Deque<Integer> lastFirst, IOException cause) {
    SnapfsException failure =
        new SnapfsException("CUDA state can't be taken: " + cause.getMessage(), cause);
    List<Integer> stuck = new ArrayList<>();
    for (int pid : lastFirst) {
      try {
        if (api.state(pid) == CheckpointState.CHECKPOINTED) {
          api.restore(pid, List.of());
        }
        if (api.state(pid) == CheckpointState.LOCKED) {
          api.unlock(pid);
        }
      } catch (CudaException e) {
        stuck.add(pid);
        failure.addSuppressed(e);
      }
    }
    if (stuck.isEmpty()) {
      return failure;
    }
    SnapfsException worse =
        new SnapfsException(
            failure.getMessage() + "; and processes " + stuck + " can't go on: end them", failure);
    for (Throwable each : failure.getSuppressed()) {
      worse.addSuppressed(each);
    }
    return worse;
  }

  private static CudaFacts facts(Cuda cuda, List<Integer> pids, DeviceMemoryUse use) {
    Map<CudaDevice, Long> freed;
    try {
      freed = use.freed();
    } catch (CudaException e) {
      freed = Map.of(); // not worth a failure: it only makes a check possible
    }
    List<CudaFacts.Device> devices = new ArrayList<>();
    for (CudaDevice each : cuda.devices()) {
      devices.add(new CudaFacts.Device(each.uuid(), freed.getOrDefault(each, 0L), each.name()));
    }
    return new CudaFacts(pids, devices, cuda.version());
  }

  /** What is to be written down. */
  public CudaFacts facts() {
    return facts;
  }

  /**
   * Brings the state back, on the same devices, and lets the processes go on; one that has ended is
   * left out.
   */
  public void resume() throws IOException {
    CudaRestore.resumeAll(api, facts.pids(), List.of());
  }
}
