package io.snapfs.tools.command;

import io.snapfs.format.store.Gc;
import io.snapfs.format.store.GcReport;
import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code snapfs gc STORE}. */
@Command(
    name = "gc",
    description = {
      "Frees what no artifact refers to.",
      "Packing, mounts and other readers may go on meanwhile. In a store with damage nothing is"
          + " freed: see 'snapfs verify'."
    },
    footer = {"  snapfs gc /srv/store --dry-run", "  snapfs gc /srv/store"})
final class GcCommand extends StoreCommand {
  @Option(names = "--dry-run", description = "Only tell what would be freed.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  GcCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    GcReport report;
    try (ProgressDisplay progress = new ProgressDisplay(console())) {
      report = Gc.run(store, dryRun, progress);
    }
    if (json) {
      Json.print(console(), out -> write(out, store, report));
    } else {
      print(report);
    }
    report.leftAlone().forEach(each -> console().complain("left alone: " + each));
    return ExitCode.OK;
  }

  private void print(GcReport report) {
    console()
        .print(
            (report.dryRun() ? "would free " : "freed ")
                + Text.size(report.bytesFreed())
                + ": "
                + Text.count(report.packsDeleted())
                + " packs deleted, "
                + Text.count(report.packsRewritten())
                + " rewritten, "
                + Text.count(report.profilesDeleted())
                + " profiles deleted, "
                + Text.size(report.temporaryBytesCleaned())
                + " of temporary files");
  }

  private static void write(Json out, Store store, GcReport report) throws IOException {
    out.put("store", store.location());
    out.put("dry_run", report.dryRun());
    out.put("packs_deleted", report.packsDeleted());
    out.put("packs_rewritten", report.packsRewritten());
    out.put("profiles_deleted", report.profilesDeleted());
    out.put("freed_bytes", report.bytesFreed());
    out.put("temporary_bytes", report.temporaryBytesCleaned());
    out.list("left_alone", report.leftAlone(), (json, each) -> json.put("message", each));
  }
}
