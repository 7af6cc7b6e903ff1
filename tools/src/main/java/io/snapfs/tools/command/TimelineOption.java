package io.snapfs.tools.command;

import io.snapfs.restore.timeline.Timeline;
import io.snapfs.tools.console.ChromeTrace;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a timeline is written to. */
final class TimelineOption {
  @Option(
      names = "--timeline",
      paramLabel = "FILE",
      description =
          "Write the timeline as a trace that chrome://tracing, Perfetto and others can show, with the"
              + " phases of CRIU, which its log then tells.")
  private Path file;

  /** Whether it was asked for. */
  boolean isGiven() {
    return file != null;
  }

  /** Writes it, if that was asked for. */
  void write(Timeline timeline) throws IOException {
    write(timeline, Path.of(""));
  }

  /** The same, where relative names start from a folder. */
  void write(Timeline timeline, Path folder) throws IOException {
    if (file != null) {
      ChromeTrace.write(folder.resolve(file), timeline.steps());
    }
  }
}
