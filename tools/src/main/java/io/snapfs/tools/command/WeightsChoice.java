package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.store.Store;
import io.snapfs.restore.timeline.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** Which weights are loaded beside a restore, and where to. */
final class WeightsChoice {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  @Option(
      names = "--gms-load",
      paramLabel = "NAME[:TAG]",
      description =
          "Load the weights of an artifact of the same store into the GPU memory service, beside"
              + " the restore; the worker attaches them when they are committed.")
  private ArtifactRef artifact;

  @Option(
      names = "--gms-device",
      paramLabel = "N",
      description = "With --gms-load: a device, from 0 on. May be repeated. Default: 0.")
  private List<Integer> devices = List.of();

  @Option(
      names = "--gms-socket-dir",
      paramLabel = "DIR",
      description =
          "With --gms-load: where the services listen. Default: GMS_SOCKET_DIR, or else the folder"
              + " for temporary files.")
  private Path sockets;

  /** Whether any are to be loaded. */
  boolean isGiven() {
    return artifact != null;
  }

  ArtifactRef artifact() {
    return artifact;
  }

  /** Where they are loaded to. */
  GmsDevices devices() {
    return new GmsDevices(devices, sockets, TIMEOUT);
  }

  /** Begins to load, if that was asked for. */
  WeightsLoading start(Store store, Timeline timeline) throws IOException {
    return artifact == null
        ? WeightsLoading.NONE
        : WeightsLoading.start(store.openArtifact(artifact), devices(), timeline, null);
  }
}
