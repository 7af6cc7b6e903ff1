package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.profile.RecordingFile;
import io.snapfs.format.store.Profiles;
import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code snapfs profile add STORE NAME[:TAG] FILE}. */
@Command(
    name = "add",
    description = {
      "Stores what was recorded of an artifact as its profile, in place of one that it has.",
      "Artifacts of the same content have one profile. The next mount uses it."
    },
    footer = "  snapfs profile add /srv/store worker:v1 /tmp/recording")
final class ProfileAddCommand extends StoreCommand {
  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Parameters(
      index = "2",
      paramLabel = "FILE",
      description = "What 'snapfs mount --record FILE' wrote. It may hold other artifacts, too.")
  private Path file;

  ProfileAddCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    Manifest manifest = store.manifest(artifact);
    Profile profile =
        RecordingFile.find(RecordingFile.read(file), file, artifact, manifest.contentId());
    Profiles.put(store, profile);
    console()
        .print(
            "added a profile of "
                + artifact
                + ": "
                + Text.count(profile.size())
                + " of "
                + Text.count(manifest.chunkCount())
                + " chunks");
    return ExitCode.OK;
  }
}
