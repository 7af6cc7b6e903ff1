package io.snapfs.tools.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code snapfs gms WHAT}: device memory that outlives the workers which use it. */
@Command(
    name = "gms",
    description = "GPU memory service: owns weights on a device, outside of the workers.",
    footer = {
      "  snapfs gms serve --socket-dir /run/gms",
      "  snapfs gms save --store /srv/store --name llama-weights:v1 --socket-dir /run/gms",
      "  snapfs gms load /srv/store llama-weights:v1 --socket-dir /run/gms"
    })
final class GmsCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Runs if it was not said what to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "do what?");
  }
}
