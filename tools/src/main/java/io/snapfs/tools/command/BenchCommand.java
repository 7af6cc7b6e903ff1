package io.snapfs.tools.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code snapfs bench WHAT}: measurements that users can make on their own machine and data. */
@Command(
    name = "bench",
    description = "Measures how fast an artifact is read, or restored, on this machine.",
    footer = {
      "  snapfs bench read /srv/store worker:v1 --cold",
      "  snapfs bench read /srv/store worker:v1 --pattern random --readers 4",
      "  snapfs bench restore /srv/store worker:v1 --output /tmp/worker/out --against stock"
    })
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Runs if it was not said what to measure. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "measure what?");
  }
}
