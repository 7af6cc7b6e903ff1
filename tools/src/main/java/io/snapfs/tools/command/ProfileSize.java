package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.store.Profiles;
import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import java.io.IOException;
import java.util.OptionalInt;

/** How many chunks the profile of an artifact has, the same wherever it is shown. */
final class ProfileSize {
  private ProfileSize() {}

  /** Empty if there is no profile; empty, with a message, if it can't be read. */
  static OptionalInt of(Store store, ArtifactRef ref, Manifest manifest, Console console) {
    try {
      return Profiles.size(store, manifest);
    } catch (IOException e) {
      console.complain(
          "the profile of "
              + ref
              + " is not used: "
              + e.getMessage()
              + "; see 'snapfs profile rm'");
      return OptionalInt.empty();
    }
  }
}
