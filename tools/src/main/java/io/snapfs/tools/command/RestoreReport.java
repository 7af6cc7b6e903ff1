package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.restore.driver.CriuVersion;
import io.snapfs.restore.restore.Mode;
import io.snapfs.restore.restore.Restore;
import io.snapfs.restore.timeline.Timeline;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What {@code snapfs restore} says when the processes run.
 *
 * @param store where the artifact is
 * @param json whether to print one JSON object
 * @param daemon whether a daemon fills the memory
 * @param loading the weights that are loaded beside
 */
record RestoreReport(
    String store,
    ArtifactRef artifact,
    Mode mode,
    CriuVersion criu,
    boolean json,
    boolean daemon,
    WeightsLoading loading,
    Timeline timeline) {
  private static final double NANOS_PER_MILLI = 1e6;

  void print(Console console, Restore restore) throws IOException {
    if (json) {
      Json.print(console, out -> write(out, restore));
    } else {
      console.print(
          "restored "
              + artifact
              + " as process "
              + restore.pid()
              + " with CRIU "
              + criu
              + ", "
              + modeName()
              + (daemon ? " by the daemon" : "")
              + ": it runs after "
              + Text.seconds(TimeUnit.NANOSECONDS.toMillis(restore.returnedNanos())));
      TimelineView.print(console, timeline);
    }
  }

  private String modeName() {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  private void write(Json out, Restore restore) throws IOException {
    out.put("store", store);
    out.put("artifact", artifact.toString());
    out.put("pid", restore.pid());
    out.put("mode", modeName());
    out.put("daemon", daemon);
    out.put("criu_version", criu.toString());
    out.put("running_ms", restore.returnedNanos() / NANOS_PER_MILLI);
    loading.write(out);
    TimelineView.write(out, timeline);
  }
}
