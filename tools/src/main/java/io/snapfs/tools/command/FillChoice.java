package io.snapfs.tools.command;

import io.snapfs.restore.restore.Filling;
import io.snapfs.tools.option.ByteSize;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How memory is filled: options of every command that does. */
final class FillChoice {
  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Threads that fill memory. Default: one for each processor.")
  private Integer jobs;

  @Option(
      names = "--cache-size",
      paramLabel = "SIZE",
      defaultValue = "512M",
      description = "Memory for decoded chunks. Default: ${DEFAULT-VALUE}.")
  private ByteSize cacheSize;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description =
          "Fill in the order of what an earlier run recorded in FILE. Default: that of the profile"
              + " in the store if there is one, else that of the images.")
  private Path profile;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description =
          "Write to FILE in which order processes touch chunks; 'snapfs profile add' makes a profile"
              + " of it. Meanwhile nothing comes before it is touched, until nothing was for two"
              + " seconds.")
  private Path record;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  long cacheBytes() {
    return cacheSize.bytes();
  }

  /** Where the recording goes; null if there is none. */
  Path record() {
    return record;
  }

  /** Whether it is such that restores at the same time can share what fills their memory. */
  boolean isUsual() {
    return jobs == null && profile == null && record == null;
  }

  /** The choice that was made. */
  Filling filling(RecordingOutput recording) {
    if (jobs != null && jobs < 1) {
      throw new ParameterException(spec.commandLine(), "--jobs must be at least 1, not " + jobs);
    }
    int threads = jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
    return new Filling(threads, cacheBytes(), profile, recording.recorder());
  }
}
