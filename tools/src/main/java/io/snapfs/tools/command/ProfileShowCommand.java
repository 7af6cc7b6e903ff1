package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.MissingException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.store.Profiles;
import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapfs profile show STORE NAME[:TAG]}. */
@Command(
    name = "show",
    description = {
      "Shows the profile of an artifact: what is read of which file, and when.",
      "ORDER is where in the order of all chunks those of the file come, from 0 on. A chunk that"
          + " several files have counts for each."
    },
    footer = {
      "  snapfs profile show /srv/store worker:v1",
      "  snapfs profile show /srv/store worker:v1 --json"
    })
final class ProfileShowCommand extends StoreCommand {
  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  ProfileShowCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    Manifest manifest = store.manifest(artifact);
    Profile profile = Profiles.find(store, manifest);
    if (profile == null) {
      throw new MissingException(
          "artifact "
              + artifact
              + " has no profile; record one with 'snapfs mount --record' and store it with"
              + " 'snapfs profile add'");
    }
    ProfileView view = new ProfileView(store.location(), artifact, manifest, profile);
    if (json) {
      Json.print(console(), view::write);
    } else {
      view.print(console());
    }
    return ExitCode.OK;
  }
}
