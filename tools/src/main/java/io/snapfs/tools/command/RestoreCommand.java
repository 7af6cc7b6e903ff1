package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.Transports;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.gms.cuda.GpuPair;
import io.snapfs.linux.Children;
import io.snapfs.linux.Signals;
import io.snapfs.restore.control.ControlFolder;
import io.snapfs.restore.device.CudaSteps;
import io.snapfs.restore.driver.Criu;
import io.snapfs.restore.driver.CriuFinder;
import io.snapfs.restore.process.LiveProcess;
import io.snapfs.restore.restore.Filling;
import io.snapfs.restore.restore.Mode;
import io.snapfs.restore.restore.Restore;
import io.snapfs.restore.restore.RestoreOptions;
import io.snapfs.restore.restore.ServedArtifact;
import io.snapfs.restore.timeline.Timeline;
import io.snapfs.tools.console.Console;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code snapfs restore STORE NAME[:TAG]}. With {@code --detach} the launcher starts this in the
 * background and returns when it is told that the processes run, see {@link ReadySignal}.
 */
@Command(
    name = "restore",
    description = {
      "Restores the processes of an artifact with CRIU.",
      "In mode lazy they run at once, and their memory follows: first what they ask for, the rest"
          + " in parallel. Without --detach the command stays until the restored process ends,"
          + " hands SIGTERM, SIGINT and SIGHUP on to it, and exits as it did (128 + N after signal"
          + " N)."
    },
    footer = {
      "  snapfs restore /srv/store worker:v1",
      "  snapfs restore /srv/store worker:v1 --detach --control-dir /snapshot-control",
      "  snapfs restore /srv/store worker:v1 --mode eager --timeline /tmp/restore.json"
    })
final class RestoreCommand extends StoreCommand {
  private static final Logger LOG = System.getLogger(RestoreCommand.class.getName());
  private static final Map<String, Integer> FORWARDED = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "lazy",
      description =
          "'lazy': memory arrives while the processes run; 'eager': before. Default:"
              + " ${DEFAULT-VALUE}.")
  private Mode mode;

  @Option(
      names = "--transport",
      paramLabel = "NAME",
      description = "How CRIU reads large images: as for 'snapfs mount'.")
  private Transport transport;

  @Option(
      names = "--control-dir",
      paramLabel = "DIR",
      description = "Write DIR/restore-complete when the processes run.")
  private Path controlFolder;

  @Option(
      names = "--rootfs",
      paramLabel = "DIR",
      description =
          "Apply the artifact's diff of the root filesystem (rootfs-diff.tar, deleted-files.json) to"
              + " DIR before the processes are restored. Nothing outside of DIR is touched.")
  private Path rootfs;

  @Option(
      names = "--detach",
      description = "Return when the processes run; what is missing follows in the background.")
  private boolean detach;

  @Mixin private FillChoice fill;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description =
          "With --detach: append the log to FILE. Default: restore-PID.log in"
              + " $XDG_RUNTIME_DIR/snapfs, or /run/snapfs for root.")
  @SuppressWarnings("UnusedVariable") // the launcher takes it out; here it is for the help
  private Path log;

  @Mixin private WeightsChoice weights;

  @Option(
      names = "--daemon",
      paramLabel = "DIR",
      description =
          "With --detach: let the daemon of DIR fill the memory, which is faster by the start of Java: see 'snapfs"
              + " daemon'. Default: that of /run/snapfs/daemon if it runs.")
  @SuppressWarnings("UnusedVariable") // for the launcher, as what follows
  private Path daemon;

  @Option(names = "--no-daemon", description = "Restore without a daemon, even if one runs.")
  @SuppressWarnings("UnusedVariable")
  private boolean noDaemon;

  @Option(
      names = "--gpu-map",
      paramLabel = "OLD=NEW,...",
      split = ",",
      description =
          "Let device NEW, a UUID as 'nvidia-smi -L' prints it, take the place of OLD of the"
              + " checkpoint. Default: the same device, or else a free one of the same type.")
  private List<GpuPair> gpuMap = List.of();

  @Mixin private CriuChoice criu;

  @Mixin private TimelineOption timelineOption;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  private final ReadySignal signal;
  private Timeline timeline;
  private WeightsLoading loading = WeightsLoading.NONE;

  /**
   * @param signal tells the launcher when the processes run
   */
  RestoreCommand(Console console, ReadySignal signal) {
    super(console);
    this.signal = signal;
  }

  @Override
  int run(Store store) throws IOException {
    timeline = ProcessStart.timeline();
    loading = weights.start(store, timeline);
    int decoders = Runtime.getRuntime().availableProcessors();
    RecordingOutput recording = RecordingOutput.of(fill.record());
    Filling filling = fill.filling(recording);
    RestoreOptions options = options(timeline, criu.path(), controlFolder(), loading);
    if (!detach) {
      Children.becomeSubreaper();
    }
    try (ChunkCache cache = new ChunkCache(fill.cacheBytes(), decoders);
        ServedArtifact served =
            timeline.get(
                "open the artifact", () -> ServedArtifact.open(store, cache, artifact, filling));
        Restore restore = start(served, options)) {
      restore.addCriuSteps();
      RestoreReport report = report(store.location(), options, timeline, false, loading);
      return detach ? detached(restore, report, recording) : attached(restore, report, recording);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted while restoring");
      failure.initCause(e);
      throw failure;
    }
  }

  private Restore start(ServedArtifact served, RestoreOptions options) throws IOException {
    if (rootfs != null) {
      timeline.run(
          "apply the root filesystem's diff", () -> RootfsStep.apply(served.reader(), rootfs));
    }
    return Restore.start(served, options, timeline);
  }

  private ControlFolder controlFolder() throws IOException {
    return controlFolder == null ? null : new ControlFolder(controlFolder);
  }

  /**
   * How to restore.
   *
   * @param program the CRIU to use; null to find one
   * @param control where the sentinel goes; null if that is not for us
   * @param beside weights that are loaded beside it
   */
  RestoreOptions options(Timeline steps, Path program, ControlFolder control, WeightsLoading beside)
      throws IOException {
    Criu found = steps.get("find CRIU", () -> CriuFinder.find(program));
    return new RestoreOptions(
        mode,
        transport == null ? Transports.preferred() : transport,
        control,
        found,
        criu.options(),
        new CudaSteps(gpuMap),
        beside == WeightsLoading.NONE ? null : beside::mayRead,
        timelineOption.isGiven());
  }

  RestoreReport report(
      String store,
      RestoreOptions options,
      Timeline steps,
      boolean byDaemon,
      WeightsLoading beside) {
    return new RestoreReport(
        store, artifact, mode, options.criu().version(), json, byDaemon, beside, steps);
  }

  /** The weights that are to be loaded beside, if any. */
  WeightsChoice weights() {
    return weights;
  }

  ArtifactRef artifact() {
    return artifact;
  }

  /** The CRIU that was named, or null. */
  Path criuProgram() {
    return criu.path();
  }

  TimelineOption timelineOption() {
    return timelineOption;
  }

  /** Why a daemon can't do it; null if it can. */
  String notForDaemon() {
    if (!detach) {
      return "the daemon is for --detach";
    }
    if (rootfs != null) {
      return "the daemon may not see the root filesystem of --rootfs";
    }
    return fill.isUsual() ? null : "--jobs, --profile and --record are for a restore by itself";
  }

  private int detached(Restore restore, RestoreReport report, RecordingOutput recording)
      throws IOException, InterruptedException {
    loading.await(restore.pid());
    signal.ready(console -> report.print(console, restore), console());
    restore.awaitFilled();
    recording.save();
    timelineOption.write(timeline);
    LOG.log(Level.INFO, "the memory of process {0} is filled", String.valueOf(restore.pid()));
    return ExitCode.OK;
  }

  private int attached(Restore restore, RestoreReport report, RecordingOutput recording)
      throws IOException, InterruptedException {
    forwardSignals(restore.pid());
    restore.awaitFilled();
    loading.await(restore.pid());
    recording.save();
    timelineOption.write(timeline);
    report.print(console(), restore);
    return Children.await(restore.pid());
  }

  /** Hands signals that this process gets on to another one. */
  private static void forwardSignals(int pid) throws IOException {
    LiveProcess root = LiveProcess.of(pid).orElse(null);
    FORWARDED.forEach((name, number) -> Signals.handle(name, () -> forward(root, number)));
  }

  private static void forward(LiveProcess root, int signal) {
    try {
      if (root != null) {
        root.signal(signal);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "signal " + signal + " can't be handed on", e);
    }
  }
}
