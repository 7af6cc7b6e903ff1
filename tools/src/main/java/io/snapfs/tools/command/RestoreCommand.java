package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.Transports;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.linux.Children;
import io.snapfs.linux.Signals;
import io.snapfs.restore.control.ControlFolder;
import io.snapfs.restore.device.DeviceSteps;
import io.snapfs.restore.driver.Criu;
import io.snapfs.restore.driver.CriuFinder;
import io.snapfs.restore.pages.PageServerOptions;
import io.snapfs.restore.process.LiveProcess;
import io.snapfs.restore.restore.Mode;
import io.snapfs.restore.restore.Restore;
import io.snapfs.restore.restore.RestoreOptions;
import io.snapfs.restore.timeline.Timeline;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Text;
import io.snapfs.tools.option.ByteSize;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
  private static final double NANOS_PER_MILLI = 1e6;

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
      names = "--detach",
      description = "Return when the processes run; what is missing follows in the background.")
  private boolean detach;

  @Option(
      names = "--cache-size",
      paramLabel = "SIZE",
      defaultValue = "512M",
      description = "Memory for decoded chunks. Default: ${DEFAULT-VALUE}.")
  private ByteSize cacheSize;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description =
          "With --detach: append the log to FILE. Default: restore-PID.log in"
              + " $XDG_RUNTIME_DIR/snapfs, or /run/snapfs for root.")
  @SuppressWarnings("UnusedVariable") // the launcher takes it out; here it is for the help
  private Path log;

  @Mixin private WeightsChoice weights;

  @Mixin private CriuChoice criu;

  @Mixin private TimelineOption timelineOption;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  private final ReadySignal signal;
  private Timeline timeline;
  private WeightsLoading loading;

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
    RestoreOptions options = options();
    if (!detach) {
      Children.becomeSubreaper();
    }
    try (ChunkCache cache = new ChunkCache(cacheSize.bytes(), decoders);
        Restore restore = Restore.start(store, cache, artifact, options, timeline)) {
      return detach ? detached(store, restore, options) : attached(store, restore, options);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted while restoring");
      failure.initCause(e);
      throw failure;
    }
  }

  private RestoreOptions options() throws IOException {
    Criu found = timeline.get("find CRIU", () -> CriuFinder.find(criu.path()));
    return new RestoreOptions(
        mode,
        transport == null ? Transports.preferred() : transport,
        controlFolder == null ? null : new ControlFolder(controlFolder),
        found,
        criu.options(),
        DeviceSteps.NONE,
        PageServerOptions.defaults(cacheSize.bytes()));
  }

  private int detached(Store store, Restore restore, RestoreOptions options)
      throws IOException, InterruptedException {
    loading.await(restore.pid());
    signal.ready(console -> report(console, store, restore, options), console());
    restore.awaitFilled();
    timelineOption.write(timeline);
    LOG.log(Level.INFO, "the memory of process {0} is filled", String.valueOf(restore.pid()));
    return ExitCode.OK;
  }

  private int attached(Store store, Restore restore, RestoreOptions options)
      throws IOException, InterruptedException {
    LiveProcess root = LiveProcess.of(restore.pid()).orElse(null);
    FORWARDED.forEach((name, number) -> Signals.handle(name, () -> forward(root, number)));
    restore.awaitFilled();
    loading.await(restore.pid());
    timelineOption.write(timeline);
    report(console(), store, restore, options);
    return Children.await(restore.pid());
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

  private void report(Console console, Store store, Restore restore, RestoreOptions options)
      throws IOException {
    if (json) {
      Json.print(console, out -> write(out, store, restore, options));
    } else {
      console.print(
          "restored "
              + artifact
              + " as process "
              + restore.pid()
              + " with CRIU "
              + options.criu().version()
              + ", "
              + mode.name().toLowerCase(Locale.ROOT)
              + ": it runs after "
              + Text.seconds(TimeUnit.NANOSECONDS.toMillis(restore.returnedNanos())));
      TimelineView.print(console, timeline);
    }
  }

  private void write(Json out, Store store, Restore restore, RestoreOptions options)
      throws IOException {
    out.put("store", store.location());
    out.put("artifact", artifact.toString());
    out.put("pid", restore.pid());
    out.put("mode", mode.name().toLowerCase(Locale.ROOT));
    out.put("criu_version", options.criu().version().toString());
    out.put("running_ms", restore.returnedNanos() / NANOS_PER_MILLI);
    loading.write(out);
    TimelineView.write(out, timeline);
  }
}
