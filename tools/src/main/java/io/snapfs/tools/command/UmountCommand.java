package io.snapfs.tools.command;

import io.snapfs.fusefs.Unmount;
import io.snapfs.tools.option.Declared;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code snapfs umount MOUNTPOINT}. */
final class UmountCommand implements Callable<Integer> {
  private Path mountpoint;

  /** The command with what it takes. */
  CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("umount");
    spec.usageMessage()
        .description(
            "Unmounts a snapfs and returns when it is gone.",
            "Only snapfs mounts are touched. One that is in use is left as it is.")
        .footer("  snapfs umount /mnt");
    spec.addPositional(
        Declared.parameter(0, Path.class, given -> mountpoint = given)
            .paramLabel("MOUNTPOINT")
            .description("Where the store is mounted.")
            .build());
    Declared.addHelp(spec);
    return spec;
  }

  @Override
  public Integer call() throws IOException {
    Unmount.run(mountpoint);
    return ExitCode.OK;
  }
}
