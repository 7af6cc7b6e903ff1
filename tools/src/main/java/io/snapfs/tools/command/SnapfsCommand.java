package io.snapfs.tools.command;

import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Logging;
import io.snapfs.tools.option.Converters;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
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
      "  snapfs checkpoint 4711 --store /srv/store --name worker:v2",
      "  snapfs restore /srv/store worker:v2",
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
    return commandLine(console, new String[0]);
  }

  /**
   * The command line, ready to parse and run these arguments. Of the commands it has only the one
   * that they name, if they name one: picocli takes several milliseconds to look at each.
   */
  public static CommandLine commandLine(Console console, String[] args) {
    SnapfsCommand root = new SnapfsCommand();
    ReadySignal signal = ReadySignal.ofProcess();
    CommandLine line = new CommandLine(root);
    addCommands(line, commands(console, signal), args);
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

  private static void addCommands(
      CommandLine line, Map<String, Supplier<Object>> commands, String[] args) {
    Supplier<Object> only = commands.get(commandIn(args));
    if (only != null) {
      line.addSubcommand(only.get());
      return;
    }
    commands.values().forEach(command -> line.addSubcommand(command.get()));
    line.addSubcommand(new HelpCommand());
    line.addSubcommand(new GenerateCompletion());
    line.getSubcommands().get("generate-completion").getCommandSpec().usageMessage().hidden(true);
  }

  /** The first argument that is not an option; the options before a command take no values. */
  private static String commandIn(String[] args) {
    for (String arg : args) {
      if (!arg.startsWith("-")) {
        return arg;
      }
    }
    return null;
  }

  /** All commands but those of picocli, by name, in the order of the help. */
  private static Map<String, Supplier<Object>> commands(Console console, ReadySignal signal) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("pack", () -> new PackCommand(console));
    commands.put("ls", () -> new LsCommand(console));
    commands.put("inspect", () -> new InspectCommand(console));
    commands.put("stats", () -> new StatsCommand(console));
    commands.put("verify", () -> new VerifyCommand(console));
    commands.put("unpack", () -> new UnpackCommand(console));
    commands.put("rm", () -> new RmCommand(console));
    commands.put("gc", () -> new GcCommand(console));
    commands.put("cache", () -> new CacheCommand(console));
    commands.put("mount", () -> new MountCommand(console, signal));
    commands.put("umount", UmountCommand::new);
    commands.put("lazy-pages", () -> new LazyPagesCommand(console));
    commands.put("checkpoint", () -> new CheckpointCommand(console));
    commands.put("restore", () -> new RestoreCommand(console, signal));
    commands.put("daemon", () -> new DaemonCommand(signal));
    commands.put("profile", () -> ProfileCommand.commandLine(console));
    commands.put("prefetch", () -> new PrefetchCommand(console));
    commands.put(
        "gms",
        () ->
            new CommandLine(new GmsCommand())
                .addSubcommand(new GmsServeCommand(console))
                .addSubcommand(new GmsLoadCommand(console))
                .addSubcommand(new GmsSaveCommand(console)));
    commands.put(
        "bench",
        () ->
            new CommandLine(new BenchCommand())
                .addSubcommand(new BenchReadCommand(console))
                .addSubcommand(new BenchRestoreCommand(console)));
    return commands;
  }

  /** Runs if no command was given. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }
}
