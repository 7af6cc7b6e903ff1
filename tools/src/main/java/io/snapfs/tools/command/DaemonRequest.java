package io.snapfs.tools.command;

import io.snapfs.restore.driver.CriuFinder;
import io.snapfs.restore.restore.SharedArtifacts;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Failures;
import io.snapfs.tools.daemon.Client;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What a client wants of a daemon, from its arguments to the last word that it is told. */
final class DaemonRequest implements Runnable {
  private static final Logger LOG = System.getLogger(DaemonRequest.class.getName());

  /** So often, what a restore does first is compiled. */
  private static final int WARM_UPS = 20;

  private final Client client;
  private final SharedArtifacts artifacts;
  private final DaemonWeights weights;

  DaemonRequest(Client client, SharedArtifacts artifacts, DaemonWeights weights) {
    this.client = client;
    this.artifacts = artifacts;
    this.weights = weights;
  }

  @Override
  public void run() {
    try (client) {
      client.open();
      serve();
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "a request failed: {0}", Failures.describe(e));
      LOG.log(Level.DEBUG, "it failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve() throws IOException, InterruptedException {
    Object command = parse(client.arguments());
    if (command instanceof RestoreCommand restore) {
      new DaemonRestore(client, artifacts, weights, restore).serve();
    } else if (command instanceof GmsLoadCommand load) {
      new DaemonLoad(client, weights, load).serve();
    } else {
      refuse(client, "it understands no such options");
    }
  }

  /** The client has to do it by itself. */
  static void refuse(Client client, String reason) throws IOException {
    client.send("no", List.of(reason));
  }

  /** Tells a client why it can't be done. */
  static void fail(Client client, Exception failure) throws IOException {
    List<String> lines = Failures.describe(failure).lines().toList();
    client.send("fail " + ErrorReport.codeOf(failure) + " " + lines.size(), lines);
  }

  /** What a report prints, as lines for a client. */
  static List<String> printed(ReadySignal.Report report) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      report.print(new Console(stream, stream, false));
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** Does what can be done of a request without one, so that the first one is faster. */
  static void warmUp() {
    try {
      parse("gms", "load", "store", "name");
      for (int i = 0; i < WARM_UPS; i++) {
        parse("restore", "store", "name", "--detach");
      }
      CriuFinder.find(null);
    } catch (IOException e) {
      LOG.log(Level.WARNING, Failures.describe(e)); // a restore will say so too
    }
  }

  /** The command with its options; null if the client has to look at its arguments itself. */
  private static Object parse(String... arguments) {
    PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), false);
    CommandLine line = SnapfsCommand.commandLine(new Console(nowhere, nowhere, false), arguments);
    try {
      ParseResult parsed = line.parseArgs(arguments);
      while (parsed.hasSubcommand()) {
        parsed = parsed.subcommand();
      }
      boolean isUsual = !parsed.isUsageHelpRequested() && !parsed.isVersionHelpRequested();
      return isUsual ? parsed.commandSpec().userObject() : null;
    } catch (ParameterException e) {
      return null;
    }
  }
}
