package io.snapfs.tools.command;

import io.snapfs.format.SnapfsException;
import io.snapfs.gms.checkpoint.CudaFacts;
import io.snapfs.restore.driver.CriuException;
import io.snapfs.restore.driver.CriuFinder;
import io.snapfs.restore.pages.PageServerReport;
import io.snapfs.restore.restore.Restore;
import io.snapfs.restore.restore.RestoreOptions;
import io.snapfs.restore.restore.ServedArtifact;
import io.snapfs.restore.restore.SharedArtifacts;
import io.snapfs.restore.timeline.Timeline;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Failures;
import io.snapfs.tools.daemon.Client;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** One restore of a daemon, from the request of a client until the memory is there. */
final class DaemonRestore implements Runnable {
  private static final Logger LOG = System.getLogger(DaemonRestore.class.getName());

  /** So often, what a restore does first is compiled. */
  private static final int WARM_UPS = 20;

  private final Client client;
  private final SharedArtifacts artifacts;

  DaemonRestore(Client client, SharedArtifacts artifacts) {
    this.client = client;
    this.artifacts = artifacts;
  }

  @Override
  public void run() {
    try (client) {
      client.open();
      serve();
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "a restore failed: {0}", Failures.describe(e));
      LOG.log(Level.DEBUG, "it failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve() throws IOException, InterruptedException {
    Timeline timeline = new Timeline(System.nanoTime() - client.ageNanos());
    timeline.add(Timeline.SNAPFS, "ask the daemon", timeline.begin(), System.nanoTime());
    RestoreCommand command = parse(client.arguments());
    String reason = command == null ? "it understands no such options" : command.notForDaemon();
    if (reason != null) {
      client.send("no", List.of(reason));
      return;
    }
    boolean told = false;
    try (SharedArtifacts.Lease lease =
        timeline.get(
            "open the artifact",
            () -> artifacts.lease(inClient(command.directory()), command.artifact()))) {
      boolean here = client.isInOurPidNamespace();
      if (!here && hasDeviceState(lease.artifact())) {
        client.send("no", List.of("it can't reach devices of another pid namespace"));
        return;
      }
      RestoreOptions wanted = command.options(timeline, criu(command), null);
      RestoreOptions options = here ? wanted : wanted.withoutDevices();
      try (Restore restore = Restore.prepare(lease.artifact(), options, timeline, here)) {
        runCriu(restore);
        RestoreReport report =
            command.report(inClient(command.directory()).toString(), options, timeline, true);
        List<String> lines = printed(report, restore);
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
    } catch (EOFException e) {
      throw new SnapfsException("the client ended before CRIU did; the restore is given up", e);
    } catch (IOException | RuntimeException e) {
      if (!told) {
        List<String> lines = Failures.describe(e).lines().toList();
        client.send("fail " + ErrorReport.codeOf(e) + " " + lines.size(), lines);
      }
      throw e;
    }
  }

  private static boolean hasDeviceState(ServedArtifact artifact) throws IOException {
    return CudaFacts.of(artifact.reader().manifest().provenance()).isPresent();
  }

  /** Does what can be done of a restore without one, so that the first one is faster. */
  static void warmUp() {
    try {
      for (int i = 0; i < WARM_UPS; i++) {
        parse("restore", "store", "name", "--detach");
      }
      CriuFinder.find(null);
    } catch (IOException e) {
      LOG.log(Level.WARNING, Failures.describe(e)); // a restore will say so too
    }
  }

  /** Null if the client has to look at its arguments itself. */
  private static RestoreCommand parse(String... arguments) {
    PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), false);
    CommandLine line = SnapfsCommand.commandLine(new Console(nowhere, nowhere, false), arguments);
    try {
      ParseResult parsed = line.parseArgs(arguments);
      ParseResult sub = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
      boolean isUsual = !sub.isUsageHelpRequested() && !sub.isVersionHelpRequested();
      return isUsual && sub.commandSpec().userObject() instanceof RestoreCommand restore
          ? restore
          : null;
    } catch (ParameterException e) {
      return null;
    }
  }

  private Path inClient(Path path) {
    return client.workingFolder().resolve(path);
  }

  private Path criu(RestoreCommand command) {
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

  private static List<String> printed(RestoreReport report, Restore restore) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      report.print(new Console(stream, stream, false), restore);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
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
