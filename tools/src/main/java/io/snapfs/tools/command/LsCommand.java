package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Summary;
import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Table;
import io.snapfs.tools.console.Text;
import io.snapfs.tools.option.Declared;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;

/** {@code snapfs ls STORE}. */
final class LsCommand extends StoreCommand {
  private boolean json;

  /** An artifact that could be opened. */
  private record Listed(ArtifactRef ref, Manifest manifest, OptionalInt profileChunks) {}

  /** An artifact that could not. */
  private record Unreadable(ArtifactRef ref, SnapfsException why) {}

  LsCommand(Console console) {
    super(console);
  }

  /** The command with what it takes. */
  CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("ls");
    spec.usageMessage()
        .description(
            "Lists the artifacts of a store.",
            "LOGICAL is the size of the files, STORED what their chunks take in the store, ADDED what"
                + " of that was not in the store before.")
        .footer("  snapfs ls /srv/store", "  snapfs ls /srv/store --json");
    spec.addPositional(storeParameter());
    spec.addOption(
        Declared.flag(given -> json = given, "--json")
            .description("Print the list as one JSON object.")
            .build());
    Declared.addHelp(spec);
    return spec;
  }

  @Override
  int run(Store store) throws IOException {
    List<Listed> listed = new ArrayList<>();
    List<Unreadable> unreadable = new ArrayList<>();
    for (ArtifactRef ref : store.artifacts()) {
      try {
        Manifest manifest = store.manifest(ref);
        listed.add(new Listed(ref, manifest, ProfileSize.of(store, ref, manifest, console())));
      } catch (CorruptException | TooNewException e) {
        unreadable.add(new Unreadable(ref, e));
      } catch (MissingException e) {
        // It was removed since the list was made.
      }
    }
    if (json) {
      Json.print(console(), out -> write(out, store, listed, unreadable));
    } else {
      print(listed);
    }
    int code = ExitCode.OK;
    for (Unreadable each : unreadable) {
      console().complain(each.ref + ": " + each.why.getMessage());
      code = Math.max(code, ErrorReport.codeOf(each.why));
    }
    return code;
  }

  private void print(List<Listed> listed) {
    Table table =
        new Table()
            .column("ARTIFACT", Table.Align.LEFT)
            .column("CREATED", Table.Align.LEFT)
            .column("FILES", Table.Align.RIGHT)
            .column("LOGICAL", Table.Align.RIGHT)
            .column("STORED", Table.Align.RIGHT)
            .column("ADDED", Table.Align.RIGHT);
    for (Listed each : listed) {
      Summary summary = each.manifest.summary();
      table.row(
          each.ref.toString(),
          Text.time(summary.createdMillis()),
          Text.count(summary.regularFiles()),
          Text.size(summary.logicalBytes()),
          Text.size(summary.storedBytes()),
          Text.size(summary.addedBytes()));
    }
    table.print(console());
  }

  private static void write(Json out, Store store, List<Listed> listed, List<Unreadable> unreadable)
      throws IOException {
    out.put("store", store.location());
    out.list(
        "artifacts",
        listed,
        (json, each) -> {
          json.put("artifact", each.ref.toString());
          json.put("name", each.ref.name());
          json.put("tag", each.ref.tag());
          json.put("content_id", HexFormat.of().formatHex(each.manifest.contentId()));
          SummaryView.write(json, each.manifest.summary());
          if (each.profileChunks.isPresent()) {
            json.put("profile_chunks", each.profileChunks.getAsInt());
          }
          json.put("labels", each.manifest.labels());
        });
    out.list(
        "unreadable",
        unreadable,
        (json, each) -> {
          json.put("artifact", each.ref.toString());
          json.put("message", each.why.getMessage());
          json.put("damaged", each.why instanceof CorruptException);
        });
  }
}
