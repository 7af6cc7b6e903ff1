package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.gms.load.LoadOptions;
import io.snapfs.gms.load.LoadReport;
import io.snapfs.gms.load.Loader;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code snapfs gms load STORE NAME[:TAG]}. */
@Command(
    name = "load",
    description = {
      "Loads the weights of an artifact into a GPU memory service.",
      "They are what 'snapfs gms save' or a GMS has saved, or safetensors files. What the service"
          + " held before is gone; nothing is committed unless all of it is there and right."
    },
    footer = {
      "  snapfs gms load /srv/store llama-weights:v1",
      "  snapfs gms load /srv/store llama-tp2:v1 --device 0 --device 1 --socket-dir /run/gms --json"
    })
final class GmsLoadCommand extends StoreCommand {
  private static final int MAX_JOBS = 1024;

  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Option(
      names = "--device",
      paramLabel = "N",
      description =
          "A device, from 0 on. May be repeated, for what was saved of several. Default: 0.")
  private List<Integer> devices = List.of();

  @Option(
      names = "--socket-dir",
      paramLabel = "DIR",
      description =
          "Where the services listen. Default: GMS_SOCKET_DIR, or else the folder for temporary"
              + " files.")
  private Path sockets;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Threads that read and decode. Default: one for each core.")
  private Integer jobs;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "How long to wait for others who use the service's memory. Default: ${DEFAULT-VALUE}.")
  private long timeoutSeconds;

  @Option(
      names = "--daemon",
      paramLabel = "DIR",
      description =
          "Let the daemon of DIR load, which has started the driver already and may have the weights"
              + " in memory: see 'snapfs daemon'. Default: that of /run/snapfs/daemon if it runs.")
  @SuppressWarnings("UnusedVariable") // for the launcher, as what follows
  private Path daemon;

  @Option(names = "--no-daemon", description = "Load without a daemon, even if one runs.")
  @SuppressWarnings("UnusedVariable")
  private boolean noDaemon;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  GmsLoadCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    GmsDevices chosen = devices();
    LoadOptions loading = options();
    chosen.warmUp();
    LoadReport report;
    try (OpenArtifact open = store.openArtifact(artifact);
        ProgressDisplay progress = new ProgressDisplay(console())) {
      int count = chosen.ordinals().size();
      report = new Loader(open, count, chosen.opener(), loading, progress).run();
    }
    print(console(), store.location(), report);
    return ExitCode.OK;
  }

  ArtifactRef artifact() {
    return artifact;
  }

  /**
   * Where to load to.
   *
   * @throws ParameterException if that can't be
   */
  GmsDevices devices() {
    GmsDevices chosen = new GmsDevices(devices, sockets, Duration.ofSeconds(timeoutSeconds));
    chosen.check(spec, "--device");
    return chosen;
  }

  /**
   * How to load.
   *
   * @throws ParameterException if that can't be
   */
  LoadOptions options() {
    int threads = jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
    if (threads < 1 || threads > MAX_JOBS) {
      throw new ParameterException(
          spec.commandLine(), "--jobs " + threads + ": it takes a number from 1 to " + MAX_JOBS);
    }
    return LoadOptions.of(threads);
  }

  /** Prints what was done, as it was asked for. */
  void print(Console to, String store, LoadReport report) throws IOException {
    if (json) {
      Json.print(
          to,
          out -> {
            out.put("store", store);
            out.put("artifact", artifact.toString());
            LoadReportView.write(out, report);
          });
    } else {
      LoadReportView.print(to, artifact, report);
    }
  }
}
