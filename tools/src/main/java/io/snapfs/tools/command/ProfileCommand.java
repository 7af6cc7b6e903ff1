package io.snapfs.tools.command;

import io.snapfs.tools.console.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code snapfs profile add|rm|show}. */
@Command(
    name = "profile",
    description = {
      "Keeps in which order the chunks of an artifact are first read.",
      "A mount decodes the chunks of an artifact that has a profile ahead of its readers, in that"
          + " order, however they jump. 'snapfs mount --record' records it."
    },
    footer = {
      "  snapfs profile add /srv/store worker:v1 /tmp/recording   # by 'snapfs mount --record'",
      "  snapfs profile show /srv/store worker:v1",
      "  snapfs profile rm /srv/store worker:v1"
    })
final class ProfileCommand implements Runnable {
  @Spec private CommandSpec spec;

  private ProfileCommand() {}

  /** The command with its subcommands. */
  static CommandLine commandLine(Console console) {
    return new CommandLine(new ProfileCommand())
        .addSubcommand(new ProfileAddCommand(console))
        .addSubcommand(new ProfileShowCommand(console))
        .addSubcommand(new ProfileRmCommand(console));
  }

  /** Runs if no subcommand was given. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command: add, show or rm?");
  }
}
