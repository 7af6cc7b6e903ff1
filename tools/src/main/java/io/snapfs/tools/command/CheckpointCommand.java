package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.store.Store;
import io.snapfs.restore.checkpoint.Checkpoint;
import io.snapfs.restore.checkpoint.CheckpointOptions;
import io.snapfs.restore.checkpoint.CheckpointResult;
import io.snapfs.restore.device.CudaSteps;
import io.snapfs.restore.timeline.Timeline;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code snapfs checkpoint PID --store STORE --name NAME[:TAG]}. */
@Command(
    name = "checkpoint",
    description = {
      "Dumps a process and all that descend from it with CRIU, and packs the dump into a store.",
      "When the artifact is published the process is killed, unless --leave-running is given. If"
          + " anything fails before that, the process goes on running and nothing is left behind.",
      "CUDA state of the processes is taken into their memory first, by the driver."
    },
    footer = {
      "  snapfs checkpoint 4711 --store /srv/store --name worker:v1",
      "  snapfs checkpoint 4711 --store /srv/store --name worker:v1 --control-dir"
          + " /snapshot-control",
      "  snapfs checkpoint 4711 --store /srv/store --name worker --leave-running"
          + " --criu-opt=--tcp-close"
    })
final class CheckpointCommand implements Callable<Integer> {
  /**
   * Plain bytes a second. On two processors it is decoding that a restore waits for, if all chunks
   * are stored as small as can be; from four on it isn't.
   */
  private static final long RESTORE_BANDWIDTH = 7L << 30;

  @Parameters(paramLabel = "PID", description = "The process.")
  private int pid;

  @Option(
      names = "--store",
      required = true,
      paramLabel = "STORE",
      description = "Directory of the store; it is made if it isn't there.")
  private Path storeDirectory;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME[:TAG]",
      description = "Name of the artifact; the tag is 'latest' if none is given.")
  private ArtifactRef name;

  @Option(names = "--leave-running", description = "Don't kill the process: it goes on.")
  private boolean leaveRunning;

  @Option(
      names = "--control-dir",
      paramLabel = "DIR",
      description =
          "Wait until the process has written DIR/ready-for-snapshot, and write"
              + " DIR/snapshot-complete in the end.")
  private Path controlFolder;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How long to wait for ready-for-snapshot. Default: ${DEFAULT-VALUE}.")
  private long timeout;

  @Option(
      names = "--images-dir",
      paramLabel = "DIR",
      description =
          "Where CRIU's images go until they are packed. Default: /dev/shm, or /var/tmp if that has"
              + " no room.")
  private Path imagesFolder;

  @Mixin private CodecChoice codec;

  @Mixin private CriuChoice criu;

  @Mixin private TimelineOption timelineOption;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  private final Console console;

  CheckpointCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Timeline timeline = ProcessStart.timeline();
    CodecPolicy policy = codec.policyOr(spec, RESTORE_BANDWIDTH);
    try (Store store = Store.openOrCreate(storeDirectory)) {
      CheckpointResult result = run(store, policy, timeline);
      timelineOption.write(timeline);
      if (json) {
        Json.print(console, out -> write(out, store, result, timeline));
      } else {
        print(result, timeline);
      }
    }
    return ExitCode.OK;
  }

  private CheckpointResult run(Store store, CodecPolicy policy, Timeline timeline)
      throws IOException {
    try (ProgressDisplay progress = new ProgressDisplay(console)) {
      CheckpointOptions options =
          new CheckpointOptions(
              leaveRunning,
              controlFolder,
              Duration.ofSeconds(timeout),
              imagesFolder,
              policy,
              criu.path(),
              criu.options(),
              new CudaSteps(List.of()),
              Version.current(),
              progress);
      return new Checkpoint(store, name, options, timeline).run(pid);
    }
  }

  private void print(CheckpointResult result, Timeline timeline) {
    console.print(
        "checkpointed process "
            + result.pids().get(0)
            + (result.pids().size() > 1
                ? " and " + Text.count(result.pids().size() - 1) + " descendants"
                : "")
            + " as "
            + result.pack().ref()
            + " with CRIU "
            + result.criu()
            + "; it "
            + (leaveRunning ? "goes on after " : "did not run for the last ")
            + Text.seconds(TimeUnit.NANOSECONDS.toMillis(result.stoppedNanos())));
    console.print(
        "stored "
            + Text.size(result.pack().summary().storedBytes())
            + " of "
            + Text.size(result.pack().summary().logicalBytes())
            + ", of which new "
            + Text.size(result.pack().summary().addedBytes()));
    TimelineView.print(console, timeline);
  }

  private static void write(Json out, Store store, CheckpointResult result, Timeline timeline)
      throws IOException {
    out.put("store", store.location());
    out.put("artifact", result.pack().ref().toString());
    out.put("content_id", result.pack().contentId());
    out.put("pid", result.pids().get(0));
    out.put("processes", result.pids().size());
    out.put("criu_version", result.criu().toString());
    out.put("stopped_ms", TimeUnit.NANOSECONDS.toMillis(result.stoppedNanos()));
    SummaryView.write(out, result.pack().summary());
    TimelineView.write(out, timeline);
  }
}
