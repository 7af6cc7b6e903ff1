package io.snapfs.tools.command;

import io.snapfs.format.SnapfsException;
import io.snapfs.format.store.Store;
import io.snapfs.gms.checkpoint.CudaFacts;
import io.snapfs.restore.driver.CriuException;
import io.snapfs.restore.pages.PageServerReport;
import io.snapfs.restore.restore.Restore;
import io.snapfs.restore.restore.RestoreOptions;
import io.snapfs.restore.restore.ServedArtifact;
import io.snapfs.restore.restore.SharedArtifacts;
import io.snapfs.restore.timeline.Timeline;
import io.snapfs.tools.daemon.Client;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One restore that a daemon does, until the memory is there. */
final class DaemonRestore {
  private static final Logger LOG = System.getLogger(DaemonRestore.class.getName());

  private final Client client;
  private final SharedArtifacts artifacts;
  private final DaemonWeights weights;
  private final RestoreCommand command;

  /** Whether the client has been told how it went. */
  private boolean told;

  DaemonRestore(
      Client client, SharedArtifacts artifacts, DaemonWeights weights, RestoreCommand command) {
    this.client = client;
    this.artifacts = artifacts;
    this.weights = weights;
    this.command = command;
  }

  void serve() throws IOException, InterruptedException {
    Timeline timeline = new Timeline(System.nanoTime() - client.ageNanos());
    timeline.add(Timeline.SNAPFS, "ask the daemon", timeline.begin(), System.nanoTime());
    GmsDevices devices = DaemonWeights.devices(client, command.weights().devices());
    String reason = command.notForDaemon();
    if (reason == null && command.weights().isGiven()) {
      reason = DaemonWeights.refusal(client, devices);
    }
    if (reason != null) {
      DaemonRequest.refuse(client, reason);
      return;
    }
    try (Store store = Store.open(inClient(command.directory()));
        WeightsLoading loading = load(store, devices, timeline)) {
      restore(timeline, loading);
    } catch (EOFException e) {
      throw new SnapfsException("the client ended before CRIU did; the restore is given up", e);
    } catch (IOException | RuntimeException e) {
      if (!told) {
        DaemonRequest.fail(client, e);
      }
      throw e;
    }
  }

  private WeightsLoading load(Store store, GmsDevices devices, Timeline timeline)
      throws IOException {
    WeightsChoice chosen = command.weights();
    return chosen.isGiven()
        ? WeightsLoading.start(
            store.openArtifact(chosen.artifact()), devices, timeline, weights.cache())
        : WeightsLoading.NONE;
  }

  private void restore(Timeline timeline, WeightsLoading loading)
      throws IOException, InterruptedException {
    try (SharedArtifacts.Lease lease =
        timeline.get(
            "open the artifact",
            () -> artifacts.lease(inClient(command.directory()), command.artifact()))) {
      boolean here = client.isInOurPidNamespace();
      if (!here && hasDeviceState(lease.artifact())) {
        DaemonRequest.refuse(client, "it can't reach devices of another pid namespace");
        return;
      }
      RestoreOptions wanted = command.options(timeline, criu(), null, loading);
      RestoreOptions options = here ? wanted : wanted.withoutDevices();
      try (Restore restore = Restore.prepare(lease.artifact(), options, timeline, here)) {
        runCriu(restore);
        client.send("runs", List.of());
        loading.await(restore.pid());
        RestoreReport report =
            command.report(
                inClient(command.directory()).toString(), options, timeline, true, loading);
        List<String> lines = DaemonRequest.printed(console -> report.print(console, restore));
        client.send("done " + restore.pid() + " " + lines.size(), lines);
        told = true;
        restore.addCriuSteps();
        restore.awaitFilled();
        command.timelineOption().write(timeline, client.workingFolder());
        LOG.log(
            Level.INFO,
            "process {0} of {1} is filled: {2}",
            String.valueOf(restore.pid()),
            command.artifact(),
            restore.pageServer().map(DaemonRestore::describe).orElse("eager"));
      }
    }
  }

  private static boolean hasDeviceState(ServedArtifact artifact) throws IOException {
    return CudaFacts.of(artifact.reader().manifest().provenance()).isPresent();
  }

  private Path inClient(Path path) {
    return client.workingFolder().resolve(path);
  }

  private Path criu() {
    if (command.criuProgram() != null) {
      return inClient(command.criuProgram());
    }
    return client.criu().isEmpty() ? null : inClient(Path.of(client.criu()));
  }

  private void runCriu(Restore restore) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(restore.output().toString());
    lines.addAll(restore.command());
    if (lines.stream().anyMatch(line -> line.indexOf('\n') >= 0)) {
      throw new CriuException("an option of CRIU has a line break, which the daemon can't hand on");
    }
    long start = System.nanoTime();
    client.send("run " + lines.size(), lines);
    restore.criuEnded(start, client.awaitNumber());
  }

  private static String describe(PageServerReport report) {
    return String.format(
        "%,d faults, median %d us, p99 %d us; %d ms; %d bytes read from the store meanwhile",
        report.faults(),
        report.medianFaultNanos() / 1000,
        report.p99FaultNanos() / 1000,
        report.nanos() / 1_000_000,
        report.storedBytes());
  }
}
