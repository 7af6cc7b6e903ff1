package io.snapfs.tools.command;

import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Logging;
import io.snapfs.tools.option.Converters;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code snapfs}: what all commands have in common. */
@Command(
    name = "snapfs",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    usageHelpAutoWidth = false,
    usageHelpWidth = 100,
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failure; the message on standard error says why",
      "2:wrong usage; nothing was done",
      "3:damage: stored bytes are not what they must be"
    },
    description =
        "Packs snapshots of processes into a store, and serves them from it: deduplicated,"
            + " compressed, checked on every read.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  snapfs pack /tmp/dump --store /srv/store --name worker:v1",
      "  snapfs ls /srv/store",
      "  snapfs mount /srv/store /mnt",
      "  ls /mnt/worker/v1",
      "  snapfs umount /mnt",
      "",
      "'snapfs help COMMAND' says more about a command. The environment variable SNAPFS_JAVA_OPTS",
      "holds options for the Java machine."
    })
public final class SnapfsCommand implements Runnable {
  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  private boolean debug;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log what is of interest only when looking for a cause.")
  private boolean verbose;

  @Spec private CommandSpec spec;

  private SnapfsCommand() {}

  /** The whole command line, ready to parse and run. */
  public static CommandLine commandLine(Console console) {
    SnapfsCommand root = new SnapfsCommand();
    ReadySignal signal = ReadySignal.ofProcess();
    CommandLine line = new CommandLine(root);
    for (Object command : commands(console, signal)) {
      line.addSubcommand(command);
    }
    line.getSubcommands().get("bench").addSubcommand(new BenchReadCommand(console));
    line.getSubcommands().get("generate-completion").getCommandSpec().usageMessage().hidden(true);
    Converters.register(line);
    ErrorReport errors = new ErrorReport(console, signal, () -> root.debug);
    return line.setOut(writer(console.out()))
        .setErr(writer(console.err()))
        .setUsageHelpLongOptionsMaxWidth(30)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .setExecutionStrategy(
            parsed -> {
              Logging.configure(console, root.verbose);
              return new RunLast().execute(parsed);
            });
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  private static Object[] commands(Console console, ReadySignal signal) {
    return new Object[] {
      new PackCommand(console),
      new LsCommand(console),
      new InspectCommand(console),
      new StatsCommand(console),
      new VerifyCommand(console),
      new UnpackCommand(console),
      new RmCommand(console),
      new GcCommand(console),
      new MountCommand(console, signal),
      new UmountCommand(),
      ProfileCommand.commandLine(console),
      new PrefetchCommand(console),
      new BenchCommand(),
      new HelpCommand(),
      new GenerateCompletion(),
    };
  }

  /** Runs if no command was given. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }
}
