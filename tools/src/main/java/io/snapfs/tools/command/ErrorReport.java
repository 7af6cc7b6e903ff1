package io.snapfs.tools.command;

import io.snapfs.format.CorruptException;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Failures;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns an exception into a message and an exit code. */
final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final Console console;
  private final ReadySignal signal;
  private final BooleanSupplier debug;

  /**
   * @param signal is told of failures before a mount answers
   * @param debug whether to print stack traces; asked when there is a failure
   */
  ErrorReport(Console console, ReadySignal signal, BooleanSupplier debug) {
    this.console = console;
    this.signal = signal;
    this.debug = debug;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    console.complain(messageOf(failure));
    UnmatchedArgumentException.printSuggestions(failure, command.getErr());
    console
        .err()
        .println("'" + command.getCommandSpec().qualifiedName() + " --help' shows how to use it.");
    trace(failure);
    signal.failed(messageOf(failure));
    return ExitCode.USAGE;
  }

  private static String messageOf(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return failure.getMessage();
    }
    String first = "'" + unmatched.getUnmatched().get(0) + "'";
    if (unmatched.isUnknownOption()) {
      return "unknown option " + first;
    }
    boolean commandExpected = !failure.getCommandLine().getSubcommands().isEmpty();
    return (commandExpected ? "there is no command " : "one argument too many: ") + first;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    console.complain(Failures.describe(failure));
    trace(failure);
    signal.failed(Failures.describe(failure));
    return codeOf(failure);
  }

  static int codeOf(Throwable failure) {
    return Failures.cause(failure) instanceof CorruptException ? ExitCode.DAMAGE : ExitCode.FAILURE;
  }

  private void trace(Throwable failure) {
    if (debug.getAsBoolean()) {
      failure.printStackTrace(console.err());
    }
  }
}
