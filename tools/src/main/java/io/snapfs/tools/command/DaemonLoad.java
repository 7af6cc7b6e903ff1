package io.snapfs.tools.command;

import io.snapfs.format.Progress;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.gms.load.LoadOptions;
import io.snapfs.gms.load.LoadReport;
import io.snapfs.gms.load.Loader;
import io.snapfs.tools.daemon.Client;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import picocli.CommandLine.ParameterException;

/** One {@code snapfs gms load} that a daemon does. */
final class DaemonLoad {
  private static final Logger LOG = System.getLogger(DaemonLoad.class.getName());

  private final Client client;
  private final DaemonWeights weights;
  private final GmsLoadCommand command;

  DaemonLoad(Client client, DaemonWeights weights, GmsLoadCommand command) {
    this.client = client;
    this.weights = weights;
    this.command = command;
  }

  void serve() throws IOException {
    GmsDevices devices;
    LoadOptions options;
    try {
      devices = DaemonWeights.devices(client, command.devices());
      options = command.options();
    } catch (ParameterException e) {
      DaemonRequest.refuse(client, "it understands no such options");
      return;
    }
    String reason = DaemonWeights.refusal(client, devices);
    if (reason != null) {
      DaemonRequest.refuse(client, reason);
      return;
    }
    boolean told = false;
    try (Store store = Store.open(client.workingFolder().resolve(command.directory()));
        OpenArtifact artifact = store.openArtifact(command.artifact())) {
      devices.warmUp();
      LoadReport report = load(artifact, devices, options);
      List<String> lines =
          DaemonRequest.printed(
              console -> command.print(console, command.directory().toString(), report));
      client.send("done 0 " + lines.size(), lines);
      told = true;
      LOG.log(
          Level.INFO,
          "loaded {0} at {1} GB/s",
          command.artifact(),
          String.format("%.1f", report.gigabytesPerSecond()));
    } catch (IOException | RuntimeException e) {
      if (!told) {
        DaemonRequest.fail(client, e);
      }
      throw e;
    }
  }

  private LoadReport load(OpenArtifact artifact, GmsDevices devices, LoadOptions options)
      throws IOException {
    Loader loader =
        new Loader(
            artifact,
            devices.ordinals().size(),
            devices.opener(),
            options,
            Progress.NONE,
            weights.cache());
    Client.Watch watch =
        client.watch(() -> loader.cancel(new SnapfsException("the client ended before its load")));
    try (watch) {
      return loader.run();
    }
  }
}
