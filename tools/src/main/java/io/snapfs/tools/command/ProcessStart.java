package io.snapfs.tools.command;

import io.snapfs.restore.timeline.Timeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** When this process was started, which is long before the first line of Java. */
final class ProcessStart {
  private static final Path STAT = Path.of("/proc/self/stat");
  private static final Path UPTIME = Path.of("/proc/uptime");

  /** Field of /proc/PID/stat, counted from the state: start in ticks of 10 ms. */
  private static final int START_TIME = 19;

  private static final double TICKS_PER_SECOND = 100;
  private static final double NANOS_PER_SECOND = 1e9;

  private ProcessStart() {}

  /**
   * A timeline that begins when the process was started (the launcher becomes Java, so that its own
   * time is in it), to 10 ms; with the step until now.
   */
  static Timeline timeline() throws IOException {
    long now = System.nanoTime();
    Timeline timeline = new Timeline(now - age());
    timeline.add(Timeline.SNAPFS, "start Java", timeline.begin(), now);
    return timeline;
  }

  private static long age() throws IOException {
    String stat = Files.readString(STAT, StandardCharsets.ISO_8859_1);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    double start = Long.parseLong(fields[START_TIME]) / TICKS_PER_SECOND;
    String uptime = Files.readString(UPTIME, StandardCharsets.US_ASCII);
    double now = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
    return (long) (Math.max(0, now - start) * NANOS_PER_SECOND);
  }
}
