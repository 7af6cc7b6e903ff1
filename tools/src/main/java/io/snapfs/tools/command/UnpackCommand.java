package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.format.unpack.UnpackResult;
import io.snapfs.format.unpack.Unpacker;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.ProgressDisplay;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code snapfs unpack STORE NAME[:TAG] DIR}. */
@Command(
    name = "unpack",
    description = {
      "Writes the files of an artifact into a folder.",
      "Every byte is checked. Nothing outside the folder is touched, whatever the artifact says; if"
          + " it fails, nothing is left behind. Only root can set owners and make device nodes;"
          + " others are told what was left out."
    },
    footer = "  snapfs unpack /srv/store worker:v1 /tmp/worker")
final class UnpackCommand extends StoreCommand {
  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Parameters(
      index = "2",
      paramLabel = "DIR",
      description = "The folder: an empty one, or one that isn't there yet.")
  private Path target;

  UnpackCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    UnpackResult result;
    int jobs = Runtime.getRuntime().availableProcessors();
    try (OpenArtifact open = store.openArtifact(artifact);
        ProgressDisplay progress = new ProgressDisplay(console())) {
      result = new Unpacker(open, jobs, progress).unpack(target);
    }
    console()
        .print(
            "unpacked "
                + artifact
                + ": "
                + Text.count(result.files())
                + " files, "
                + Text.size(result.logicalBytes()));
    tellLeftOut(result.ownersLeftOut(), "owners");
    tellLeftOut(result.devicesLeftOut(), "device nodes");
    tellLeftOut(result.xattrsLeftOut(), "extended attributes");
    return ExitCode.OK;
  }

  private void tellLeftOut(long count, String what) {
    if (count > 0) {
      console().complain("left out " + Text.count(count) + " " + what + ": only root can set them");
    }
  }
}
