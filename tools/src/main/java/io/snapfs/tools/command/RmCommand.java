package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code snapfs rm STORE NAME[:TAG]}. */
@Command(
    name = "rm",
    description = {
      "Removes an artifact from a store.",
      "Who has files of it open goes on reading. 'snapfs gc' frees the space."
    },
    footer = {"  snapfs rm /srv/store worker:v1", "  snapfs gc /srv/store"})
final class RmCommand extends StoreCommand {
  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  RmCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    store.remove(artifact);
    return ExitCode.OK;
  }
}
