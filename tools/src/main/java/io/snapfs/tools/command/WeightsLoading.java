package io.snapfs.tools.command;

import io.snapfs.format.Progress;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.gms.load.LoadOptions;
import io.snapfs.gms.load.LoadReport;
import io.snapfs.gms.load.Loader;
import io.snapfs.gms.load.WeightsCache;
import io.snapfs.linux.Processes;
import io.snapfs.restore.process.LiveProcess;
import io.snapfs.restore.process.LiveTree;
import io.snapfs.restore.timeline.Timeline;
import io.snapfs.tools.console.Json;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Weights that are being loaded beside a restore. A worker that was restored waits for them, so
 * that it is ended if they can't come.
 */
final class WeightsLoading implements AutoCloseable {
  /** Nothing to load. */
  static final WeightsLoading NONE =
      new WeightsLoading(null, CompletableFuture.completedFuture(null), new CompletableFuture<>());

  private static final String TRACK = "weights";

  /** After which the weights are read, whatever else is. */
  private static final long PATIENCE_SECONDS = 5;

  private final Loader loader;
  private final CompletableFuture<LoadReport> loading;
  private final CompletableFuture<Void> turn;

  private WeightsLoading(
      Loader loader, CompletableFuture<LoadReport> loading, CompletableFuture<Void> turn) {
    this.loader = loader;
    this.loading = loading;
    this.turn = turn;
  }

  /**
   * Begins. Weights are read after {@link #mayRead}: on a cold machine the disk is what all wait
   * for, and the processes need what they had mapped long before they need weights.
   *
   * @param artifact is this's from now on
   * @param cache that loads share, which stays the caller's; null for none
   */
  static WeightsLoading start(
      OpenArtifact artifact, GmsDevices devices, Timeline timeline, WeightsCache cache) {
    devices.warmUp();
    Loader loader =
        new Loader(
            artifact,
            devices.ordinals().size(),
            devices.opener(),
            LoadOptions.of(Runtime.getRuntime().availableProcessors()),
            Progress.NONE,
            cache);
    CompletableFuture<Void> turn = new CompletableFuture<>();
    turn.completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS);
    loader.readAfter(turn);
    CompletableFuture<LoadReport> loading = new CompletableFuture<>();
    Thread thread = new Thread(() -> load(artifact, loader, timeline, loading), "weights");
    thread.setDaemon(true);
    thread.start();
    return new WeightsLoading(loader, loading, turn);
  }

  private static void load(
      OpenArtifact artifact,
      Loader loader,
      Timeline timeline,
      CompletableFuture<LoadReport> loading) {
    Timeline.Running step = timeline.start(TRACK, "load the weights");
    LoadReport report;
    try (artifact) {
      report = loader.run();
    } catch (IOException | RuntimeException | Error e) {
      loading.completeExceptionally(e);
      return;
    } finally {
      step.close();
    }
    timeline.mark(TRACK, "the weights are committed");
    loading.complete(report);
  }

  /** The processes have asked the disk for what they need. */
  void mayRead() {
    turn.complete(null);
  }

  /**
   * Waits until they are committed.
   *
   * @param pid of the restored process; it is killed, with its descendants, if they can't be loaded
   */
  void await(int pid) throws IOException, InterruptedException {
    try {
      loading.get();
    } catch (ExecutionException e) {
      kill(pid);
      throw new SnapfsException(
          "the weights can't be loaded, so the restored process was ended: "
              + e.getCause().getMessage(),
          e.getCause());
    }
  }

  /** Gives up what has not been loaded, and waits until nothing is used for it any more. */
  @Override
  public void close() {
    if (loader != null) {
      mayRead();
      loader.cancel(new SnapfsException("the restore failed, so that the weights are not needed"));
      loading.handle((report, failure) -> report).join();
    }
  }

  private static void kill(int pid) throws IOException {
    if (LiveProcess.of(pid).isPresent()) {
      for (LiveProcess each : LiveTree.of(pid).processes()) {
        each.signal(Processes.SIGKILL);
      }
    }
  }

  /** What was loaded, once {@link #await} has returned; empty if nothing was to be. */
  Optional<LoadReport> report() {
    return Optional.ofNullable(loading.getNow(null));
  }

  /** Adds what was loaded, if anything. */
  void write(Json out) throws IOException {
    Optional<LoadReport> loaded = report();
    if (loaded.isPresent()) {
      out.object("weights", weights -> LoadReportView.write(weights, loaded.get()));
    }
  }
}
