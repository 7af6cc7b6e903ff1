package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.store.Store;
import io.snapfs.format.store.Verify;
import io.snapfs.format.store.VerifyReport;
import io.snapfs.format.store.VerifyReport.AffectedFile;
import io.snapfs.format.store.VerifyReport.Damage;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapfs verify STORE [NAME[:TAG]]}. */
@Command(
    name = "verify",
    description = {
      "Checks a store, or one artifact with all that it uses.",
      "Structure and checksums always; unless --quick, every chunk is also decoded and its identity"
          + " computed anew. All damage is listed, with the files that it hits. Nothing is changed."
    },
    footer = {
      "  snapfs verify /srv/store",
      "  snapfs verify /srv/store worker:v1 --quick",
      "  snapfs verify /srv/store --json || echo damaged"
    })
final class VerifyCommand extends StoreCommand {
  /** Files that are named in a message; JSON has more. */
  private static final int FILES_SHOWN = 3;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME[:TAG]",
      description = "The artifact. Default: the whole store.")
  private ArtifactRef artifact;

  @Option(names = "--quick", description = "Check structure and checksums, decode nothing.")
  private boolean quick;

  @Option(names = "--json", description = "Print the findings as one JSON object.")
  private boolean json;

  VerifyCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    VerifyReport report;
    try (ProgressDisplay progress = new ProgressDisplay(console())) {
      report = Verify.run(store, artifact, quick, progress);
    }
    if (json) {
      Json.print(console(), out -> write(out, store, report));
    } else {
      print(report);
    }
    report.damages().forEach(damage -> console().complain(describe(damage)));
    return report.isClean() ? ExitCode.OK : ExitCode.DAMAGE;
  }

  private void print(VerifyReport report) {
    console()
        .print(
            (report.quick() ? "checked " : "decoded and checked ")
                + Text.count(report.artifacts())
                + " artifacts, "
                + Text.count(report.packs())
                + " packs, "
                + Text.count(report.chunks())
                + " chunks, "
                + Text.size(report.storedBytes())
                + " stored, "
                + Text.count(report.profiles())
                + " profiles");
    if (!report.orphans().isEmpty()) {
      console()
          .print(
              Text.count(report.orphans().size())
                  + " packs are of no artifact; 'snapfs gc' frees them");
    }
    console()
        .print(
            report.isClean()
                ? "no damage"
                : "DAMAGED: " + Text.count(report.damages().size()) + " findings");
  }

  private static String describe(Damage damage) {
    StringBuilder text = new StringBuilder(damage.problem());
    long more = damage.files().size() + damage.moreFiles();
    String separator = "; it hits ";
    for (AffectedFile file : damage.files().subList(0, Math.min(FILES_SHOWN, (int) more))) {
      text.append(separator).append(file.artifact()).append(" ").append(file.path());
      separator = ", ";
      more--;
    }
    if (more > 0) {
      text.append(" and ").append(Text.count(more)).append(" more files");
    }
    return text.toString();
  }

  private static void write(Json out, Store store, VerifyReport report) throws IOException {
    out.put("store", store.location());
    out.put("mode", report.quick() ? "quick" : "full");
    out.put("clean", report.isClean());
    out.put("artifacts", report.artifacts());
    out.put("packs", report.packs());
    out.put("chunks", report.chunks());
    out.put("stored_bytes", report.storedBytes());
    out.put("profiles", report.profiles());
    out.list("damages", report.damages(), VerifyCommand::write);
    out.list("orphans", report.orphans(), (json, pack) -> json.put("pack", pack.toString()));
  }

  private static void write(Json json, Damage damage) throws IOException {
    json.put("problem", damage.problem());
    json.put("resource", damage.resource());
    json.put("offset", damage.offset());
    putUnlessNull(json, "pack", damage.pack());
    putUnlessNull(json, "chunk", damage.chunk());
    putUnlessNull(json, "artifact", damage.artifact());
    json.list(
        "files",
        damage.files(),
        (file, affected) -> {
          file.put("artifact", affected.artifact().toString());
          file.put("path", affected.path());
        });
    json.put("more_files", damage.moreFiles());
  }

  private static void putUnlessNull(Json json, String name, Object value) throws IOException {
    if (value != null) {
      json.put(name, value.toString());
    }
  }
}
