package io.snapfs.tools.command;

import io.snapfs.restore.timeline.Step;
import io.snapfs.restore.timeline.Timeline;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Table;
import java.io.IOException;
import java.util.Locale;

/** The steps of a timeline, as a table and in JSON. */
final class TimelineView {
  private static final double NANOS_PER_MILLI = 1e6;

  private TimelineView() {}

  static void print(Console console, Timeline timeline) {
    Table table =
        new Table()
            .column("AT MS", Table.Align.RIGHT)
            .column("TOOK MS", Table.Align.RIGHT)
            .column("WHO", Table.Align.LEFT)
            .column("STEP", Table.Align.LEFT);
    for (Step step : timeline.steps()) {
      table.row(
          millis(step.startNanos()),
          step.nanos() == 0 ? "" : millis(step.nanos()),
          step.track(),
          step.name());
    }
    table.print(console);
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f", nanos / NANOS_PER_MILLI);
  }

  static void write(Json out, Timeline timeline) throws IOException {
    out.list(
        "steps",
        timeline.steps(),
        (json, step) -> {
          json.put("track", step.track());
          json.put("name", step.name());
          json.put("start_ms", step.startNanos() / NANOS_PER_MILLI);
          json.put("elapsed_ms", step.nanos() / NANOS_PER_MILLI);
        });
  }
}
