package io.snapfs.restore.device;

import io.snapfs.format.SnapfsException;
import io.snapfs.gms.checkpoint.CudaCheckpoint;
import io.snapfs.gms.checkpoint.CudaFacts;
import io.snapfs.gms.checkpoint.CudaRestore;
import io.snapfs.gms.checkpoint.CudaUsers;
import io.snapfs.gms.cuda.CheckpointApi;
import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.GpuPair;
import io.snapfs.restore.process.LiveTree;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * CUDA by the driver's checkpoint API. The driver is looked for only where a process, or an
 * artifact, has to do with CUDA.
 *
 * <p>Before a restore the driver is loaded at once, so that nothing begins where there is none. To
 * initialise it and to look at the devices takes some tenths of a second, and is done beside the
 * restore.
 */
public final class CudaSteps implements DeviceSteps {
  /** How long calls to the driver that are under way may take to end. */
  private static final Duration LOCK_WITHIN = Duration.ofMinutes(1);

  private static final String PURPOSE = "for the CUDA state of the processes";

  private final List<GpuPair> gpuMap;
  private CudaCheckpoint taken;
  private CudaFacts facts;
  private FutureTask<List<GpuPair>> prepared;
  private boolean unused;

  /**
   * Steps for one checkpoint or restore.
   *
   * @param gpuMap for a restore: which device takes which one's place; the rest is found out
   */
  public CudaSteps(List<GpuPair> gpuMap) {
    this.gpuMap = List.copyOf(gpuMap);
  }

  @Override
  public Map<String, String> beforeDump(List<Integer> pids) throws IOException {
    CudaUsers users = CudaUsers.among(pids);
    if (users.isEmpty()) {
      return Map.of();
    }
    taken = CudaCheckpoint.take(Cuda.find().require(PURPOSE), users, LOCK_WITHIN);
    return taken == null ? Map.of() : taken.facts().provenance();
  }

  @Override
  public void goOn() throws IOException {
    if (taken != null) {
      taken.resume();
    }
  }

  @Override
  public void beforeRestore(Map<String, String> provenance, byte[] files) throws IOException {
    unused = files.length > 0 && !CudaUsers.areNamedIn(files);
    Optional<CudaFacts> needed = CudaFacts.of(provenance);
    if (needed.isEmpty()) {
      if (!gpuMap.isEmpty()) {
        throw new SnapfsException(
            "the artifact holds no CUDA state that --gpu-map could be for: leave it out");
      }
      return;
    }
    facts = needed.get();
    Optional<String> missing = Cuda.loadFailure();
    if (missing.isPresent()) {
      throw new SnapfsException("a CUDA device is needed " + PURPOSE + ": " + missing.get());
    }
    prepared = new FutureTask<>(this::prepare);
    Thread thread = new Thread(prepared, "cuda-prepare");
    thread.setDaemon(true);
    thread.start();
  }

  private List<GpuPair> prepare() throws IOException {
    Cuda cuda = Cuda.find().require(PURPOSE);
    cuda.checkpoint(); // a driver that is too old
    List<GpuPair> pairs = CudaRestore.pairs(cuda, facts, gpuMap);
    CudaRestore.checkMemory(cuda, facts, pairs);
    return pairs;
  }

  @Override
  public void afterRestore(int root) throws IOException {
    if (prepared != null) {
      List<GpuPair> pairs = await(prepared);
      CudaRestore.resumeAll(checkpointApi(), facts.pids(), pairs);
      return;
    }
    if (unused) {
      return; // to look at the mappings of a process takes milliseconds
    }
    // An artifact of another make may say nothing about CUDA: then the processes tell.
    CudaUsers users = CudaUsers.among(LiveTree.of(root).pids());
    if (!users.isEmpty() && Cuda.find().isAvailable()) {
      CheckpointApi api = checkpointApi();
      List<Integer> waiting = users.checkpointed(api);
      CudaRestore.resumeAll(api, waiting, List.of());
    }
  }

  private static CheckpointApi checkpointApi() throws IOException {
    return Cuda.find().require(PURPOSE).checkpoint();
  }

  private static <T> T await(FutureTask<T> task) throws IOException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SnapfsException failure) {
        throw failure;
      }
      throw new SnapfsException(e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("while devices are looked at");
      failure.initCause(e);
      throw failure;
    }
  }
}
