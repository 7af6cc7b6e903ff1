package io.snapfs.tools.command;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Which CRIU is used, and what else it is told: options of every command that runs it. */
final class CriuChoice {
  @Option(
      names = "--criu",
      paramLabel = "PATH",
      description =
          "The CRIU to use. Default: SNAPFS_CRIU, criu on PATH, or the one that tools/setup.sh has"
              + " gathered; the first that passes 'criu check'.")
  private Path path;

  @Option(
      names = "--criu-opt",
      paramLabel = "OPT",
      description = "One more option for CRIU, as --criu-opt=--tcp-close. May be repeated.")
  private List<String> options = List.of();

  /** Null to find one. */
  Path path() {
    return path;
  }

  List<String> options() {
    return options;
  }
}
