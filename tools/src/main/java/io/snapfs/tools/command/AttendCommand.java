package io.snapfs.tools.command;

import io.snapfs.linux.Children;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code snapfs attend PID}: what the launcher becomes when a daemon has restored a process for it.
 * The process is a child of the launcher, and so of this.
 */
@Command(
    name = "attend",
    hidden = true,
    description =
        "Stays until a child of this process ends, hands signals on to it, and exits as it did.")
final class AttendCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PID", description = "The child.")
  private int pid;

  @Override
  public Integer call() throws IOException {
    RestoreCommand.forwardSignals(pid);
    return Children.await(pid);
  }
}
