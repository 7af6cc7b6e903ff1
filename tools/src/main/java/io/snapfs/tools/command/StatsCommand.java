package io.snapfs.tools.command;

import io.snapfs.format.store.Store;
import io.snapfs.format.store.StoreStats;
import io.snapfs.format.store.StoreStats.ArtifactStats;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import io.snapfs.tools.console.Table;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code snapfs stats STORE}. */
@Command(
    name = "stats",
    description = {
      "Shows what the artifacts of a store take, and what they share.",
      "UNIQUE is what no other artifact refers to: what 'rm' and 'gc' would free."
    },
    footer = {"  snapfs stats /srv/store", "  snapfs stats /srv/store --json"})
final class StatsCommand extends StoreCommand {
  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  StatsCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    StoreStats stats;
    try (ProgressDisplay progress = new ProgressDisplay(console())) {
      stats = StoreStats.of(store, progress);
    }
    if (json) {
      Json.print(console(), out -> write(out, store, stats));
    } else {
      print(store, stats);
    }
    return ExitCode.OK;
  }

  private void print(Store store, StoreStats stats) {
    Table table = new Table().column("", Table.Align.LEFT).column("", Table.Align.LEFT);
    table.row("store", store.location());
    table.row("id", store.id().toString());
    table.row("artifacts", Text.count(stats.artifacts().size()));
    table.row("logical", Text.size(stats.logicalBytes()));
    table.row("stored", Text.size(stats.storedBytes()) + ", dead " + Text.size(stats.deadBytes()));
    table.row("packs", Text.count(stats.packs()) + " files, " + Text.size(stats.packFileBytes()));
    table.row("shared", Text.ratio(stats.dedupRatio()));
    table.print(console());
    console().print("");
    printArtifacts(stats);
  }

  private void printArtifacts(StoreStats stats) {
    Table table =
        new Table()
            .column("ARTIFACT", Table.Align.LEFT)
            .column("LOGICAL", Table.Align.RIGHT)
            .column("PLAIN", Table.Align.RIGHT)
            .column("STORED", Table.Align.RIGHT)
            .column("UNIQUE", Table.Align.RIGHT);
    for (ArtifactStats artifact : stats.artifacts()) {
      table.row(
          artifact.ref().toString(),
          Text.size(artifact.logicalBytes()),
          Text.size(artifact.plainBytes()),
          Text.size(artifact.storedBytes()),
          Text.size(artifact.uniqueBytes()));
    }
    table.print(console());
  }

  private static void write(Json out, Store store, StoreStats stats) throws IOException {
    out.put("store", store.location());
    out.put("store_id", store.id().toString().toLowerCase(Locale.ROOT));
    out.put("logical_bytes", stats.logicalBytes());
    out.put("stored_bytes", stats.storedBytes());
    out.put("live_bytes", stats.liveBytes());
    out.put("dead_bytes", stats.deadBytes());
    out.put("packs", stats.packs());
    out.put("pack_file_bytes", stats.packFileBytes());
    out.put("dedup_ratio", stats.dedupRatio());
    out.list(
        "artifacts",
        stats.artifacts(),
        (json, artifact) -> {
          json.put("artifact", artifact.ref().toString());
          json.put("logical_bytes", artifact.logicalBytes());
          json.put("plain_bytes", artifact.plainBytes());
          json.put("stored_bytes", artifact.storedBytes());
          json.put("unique_bytes", artifact.uniqueBytes());
        });
  }
}
