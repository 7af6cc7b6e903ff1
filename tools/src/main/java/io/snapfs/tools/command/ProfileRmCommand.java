package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.MissingException;
import io.snapfs.format.store.Profiles;
import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code snapfs profile rm STORE NAME[:TAG]}. */
@Command(
    name = "rm",
    description = {
      "Removes the profile of an artifact, damaged or not; the artifact stays.",
      "Artifacts of the same content have one profile."
    },
    footer = "  snapfs profile rm /srv/store worker:v1")
final class ProfileRmCommand extends StoreCommand {
  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  ProfileRmCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    if (!Profiles.remove(store, store.manifest(artifact))) {
      throw new MissingException("artifact " + artifact + " has no profile");
    }
    return ExitCode.OK;
  }
}
