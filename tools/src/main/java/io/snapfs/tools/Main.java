package io.snapfs.tools;

import io.snapfs.tools.command.Background;
import io.snapfs.tools.command.ExitCode;
import io.snapfs.tools.command.SnapfsCommand;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Failures;
import java.io.PrintStream;

/** Entry of the command line. The only place that ends the process. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    Background.enterIfAsked(() -> System.exit(ExitCode.INTERRUPTED));
    System.exit(run(args, Console.ofProcess()));
  }

  /**
   * Runs one command in this process, as if nobody watched.
   *
   * @return the exit code, see {@link ExitCode}
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, new Console(out, err, false));
  }

  private static int run(String[] args, Console console) {
    int code;
    try {
      code = SnapfsCommand.commandLine(console, args).execute(args);
    } catch (Error e) { // picocli hands on exceptions only
      console.complain(Failures.describe(e));
      code = ExitCode.FAILURE;
    }
    console.err().flush();
    // A full disk or a closed pipe behind standard output shows here, and only here.
    if (console.out().checkError() && code == ExitCode.OK) {
      console.complain("cannot write to standard output");
      code = ExitCode.FAILURE;
    }
    return code;
  }
}
