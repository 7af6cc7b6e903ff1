package io.snapfs.tools.command;

import io.snapfs.format.manifest.Summary;
import io.snapfs.tools.console.Json;
import java.io.IOException;

/** The sizes of an artifact, the same wherever they are shown. */
final class SummaryView {
  private SummaryView() {}

  static void write(Json out, Summary summary) throws IOException {
    out.putTime("created", summary.createdMillis());
    out.put("logical_bytes", summary.logicalBytes());
    out.put("hole_bytes", summary.holeBytes());
    out.put("plain_bytes", summary.plainBytes());
    out.put("stored_bytes", summary.storedBytes());
    out.put("added_bytes", summary.addedBytes());
    out.put("regular_files", summary.regularFiles());
    out.put("nodes", summary.nodes());
  }
}
