package io.snapfs.tools.command;

import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Logging;
import io.snapfs.tools.option.Converters;
import io.snapfs.tools.option.Declared;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;

/** The command {@code snapfs}: what all commands have in common. */
public final class SnapfsCommand implements Runnable {
  /** All commands but those of picocli, in the order of the help. */
  private static final List<String> NAMES =
      List.of(
          "pack",
          "ls",
          "inspect",
          "stats",
          "verify",
          "unpack",
          "rm",
          "gc",
          "cache",
          "mount",
          "umount",
          "lazy-pages",
          "checkpoint",
          "restore",
          "daemon",
          "profile",
          "prefetch",
          "gms",
          "bench");

  private final CommandSpec spec;
  private boolean debug;
  private boolean verbose;

  private SnapfsCommand() {
    spec = CommandSpec.wrapWithoutInspection(this).name("snapfs").versionProvider(new Version());
    spec.scopeType(ScopeType.INHERIT);
    describe(spec.usageMessage());
    spec.addOption(
        Declared.flag(given -> debug = given, "--debug")
            .scopeType(ScopeType.INHERIT)
            .description("Print the stack trace of a failure.")
            .build());
    spec.addOption(
        Declared.flag(given -> verbose = given, "-v", "--verbose")
            .scopeType(ScopeType.INHERIT)
            .description("Log what is of interest only when looking for a cause.")
            .build());
  }

  private static void describe(UsageMessageSpec usage) {
    usage
        .sortOptions(false)
        .autoWidth(false)
        .width(100)
        .synopsisHeading("Usage: ")
        .descriptionHeading("%n")
        .parameterListHeading("%nParameters:%n")
        .optionListHeading("%nOptions:%n")
        .commandListHeading("%nCommands:%n")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(
            UsageMessageSpec.keyValuesMap(
                "0:done",
                "1:failure; the message on standard error says why",
                "2:wrong usage; nothing was done",
                "3:damage: stored bytes are not what they must be"))
        .description(
            "Packs snapshots of processes into a store, and serves them from it: deduplicated,"
                + " compressed, checked on every read.")
        .footerHeading("%nExamples:%n")
        .footer(
            "  snapfs pack /tmp/dump --store /srv/store --name worker:v1",
            "  snapfs ls /srv/store",
            "  snapfs mount /srv/store /mnt",
            "  ls /mnt/worker/v1",
            "  snapfs umount /mnt",
            "  snapfs checkpoint 4711 --store /srv/store --name worker:v2",
            "  snapfs restore /srv/store worker:v2",
            "",
            "'snapfs help COMMAND' says more about a command. The environment variable"
                + " SNAPFS_JAVA_OPTS",
            "holds options for the Java machine.");
  }

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
    Converters.leaveOutUnused();
    ReadySignal signal = ReadySignal.ofProcess();
    CommandLine line = new CommandLine(root.spec);
    addCommands(line, console, signal, args);
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
      CommandLine line, Console console, ReadySignal signal, String[] args) {
    CommandSpec root = line.getCommandSpec();
    String name = commandIn(args);
    Object only = NAMES.contains(name) ? command(name, console, signal) : null;
    if (only instanceof CommandSpec) {
      Declared.addHelp(root);
      line.addSubcommand(only);
      return;
    }
    root.mixinStandardHelpOptions(true); // which annotated commands inherit
    if (only != null) {
      line.addSubcommand(only);
      return;
    }
    NAMES.forEach(each -> line.addSubcommand(command(each, console, signal)));
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
    return "";
  }

  /** What picocli takes for a command: an annotated object, a command line or a specification. */
  private static Object command(String name, Console console, ReadySignal signal) {
    return switch (name) {
      case "pack" -> new PackCommand(console);
      case "ls" -> new LsCommand(console).spec();
      case "inspect" -> new InspectCommand(console);
      case "stats" -> new StatsCommand(console);
      case "verify" -> new VerifyCommand(console);
      case "unpack" -> new UnpackCommand(console);
      case "rm" -> new RmCommand(console);
      case "gc" -> new GcCommand(console);
      case "cache" -> new CacheCommand(console);
      case "mount" -> new MountCommand(console, signal).spec();
      case "umount" -> new UmountCommand().spec();
      case "lazy-pages" -> new LazyPagesCommand(console);
      case "checkpoint" -> new CheckpointCommand(console);
      case "restore" -> new RestoreCommand(console, signal);
      case "daemon" -> new DaemonCommand(signal);
      case "profile" -> ProfileCommand.commandLine(console);
      case "prefetch" -> new PrefetchCommand(console);
      case "gms" ->
          new CommandLine(new GmsCommand())
              .addSubcommand(new GmsServeCommand(console))
              .addSubcommand(new GmsLoadCommand(console))
              .addSubcommand(new GmsSaveCommand(console));
      case "bench" ->
          new CommandLine(new BenchCommand())
              .addSubcommand(new BenchReadCommand(console))
              .addSubcommand(new BenchRestoreCommand(console));
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Runs if no command was given. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }
}
