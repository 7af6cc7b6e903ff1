package io.snapfs.tools.command;

import io.snapfs.fusefs.Unmount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code snapfs umount MOUNTPOINT}. */
@Command(
    name = "umount",
    description = {
      "Unmounts a snapfs and returns when it is gone.",
      "Only snapfs mounts are touched. One that is in use is left as it is."
    },
    footer = "  snapfs umount /mnt")
final class UmountCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MOUNTPOINT", description = "Where the store is mounted.")
  private Path mountpoint;

  @Override
  public Integer call() throws IOException {
    Unmount.run(mountpoint);
    return ExitCode.OK;
  }
}
