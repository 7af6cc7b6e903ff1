package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.TooNewException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.store.Store;
import io.snapfs.format.store.StoreStats;
import io.snapfs.format.store.StoreStats.ArtifactStats;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import java.io.IOException;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapfs inspect STORE NAME[:TAG]}. */
@Command(
    name = "inspect",
    description = {
      "Shows all that is known of an artifact.",
      "Its sizes, parts, labels, where it comes from, and how it is stored."
    },
    footer = {
      "  snapfs inspect /srv/store worker:v1",
      "  snapfs inspect /srv/store worker:v1 --files",
      "  snapfs inspect /srv/store worker:v1 --json"
    })
final class InspectCommand extends StoreCommand {
  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Option(names = "--files", description = "List the files, too.")
  private boolean files;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  InspectCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    Manifest manifest = store.manifest(artifact);
    ArtifactDetails details = ArtifactDetails.of(manifest);
    ArtifactView view =
        new ArtifactView(
            store.location(),
            artifact,
            manifest,
            details,
            uniqueBytes(store),
            ProfileSize.of(store, artifact, manifest, console()));
    if (json) {
      Json.print(
          console(),
          out -> {
            view.write(out);
            if (files) {
              new FileListing(manifest).write(out);
            }
          });
    } else {
      view.print(console());
      if (files) {
        new FileListing(manifest).print(console());
      }
    }
    return ExitCode.OK;
  }

  /** What no other artifact refers to; empty, with a message, if another one can't be read. */
  private OptionalLong uniqueBytes(Store store) throws IOException {
    try (ProgressDisplay progress = new ProgressDisplay(console())) {
      return StoreStats.of(store, progress).artifacts().stream()
          .filter(stats -> stats.ref().equals(artifact))
          .mapToLong(ArtifactStats::uniqueBytes)
          .findFirst();
    } catch (CorruptException | TooNewException e) {
      console().complain("unique bytes are not known: " + e.getMessage());
      return OptionalLong.empty();
    }
  }
}
