package io.snapfs.tools.command;

import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Part;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Table;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.util.List;

/** The parts of an artifact. */
final class PartsView {
  private PartsView() {}

  static void print(Console console, List<Part> parts) {
    Table table =
        new Table()
            .column("PART", Table.Align.LEFT)
            .column("FILES", Table.Align.RIGHT)
            .column("LOGICAL", Table.Align.RIGHT)
            .column("FOLDER", Table.Align.LEFT);
    for (Part part : parts) {
      if (part.files() > 0) {
        table.row(
            part.type().label(),
            Text.count(part.files()),
            Text.size(part.logicalBytes()),
            Manifest.display(part.name()));
      }
    }
    table.print(console);
  }

  static void write(Json out, List<Part> parts) throws IOException {
    out.list(
        "parts",
        parts,
        (json, part) -> {
          json.put("type", part.type().label());
          json.put("name", Manifest.display(part.name()));
          json.put("regular_files", part.files());
          json.put("logical_bytes", part.logicalBytes());
        });
  }
}
