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
  private final BooleanSupplier debug;

  /**
   * @param debug whether to print stack traces; asked when there is a failure
   */
  ErrorReport(Console console, BooleanSupplier debug) {
    this.console = console;
    this.debug = debug;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    console.complain(failure.getMessage());
    UnmatchedArgumentException.printSuggestions(failure, command.getErr());
    console
        .err()
        .println("'" + command.getCommandSpec().qualifiedName() + " --help' shows how to use it.");
    trace(failure);
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    console.complain(Failures.describe(failure));
    trace(failure);
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
