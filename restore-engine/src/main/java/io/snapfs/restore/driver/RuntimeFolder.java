package io.snapfs.restore.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where what lives as long as a command or a mount is kept: {@code $XDG_RUNTIME_DIR/snapfs}, else
 * {@code /run/snapfs}. The launcher {@code bin/snapfs} puts the logs of mounts there.
 */
public final class RuntimeFolder {
  private RuntimeFolder() {}

  /** The folder, which is made if it is missing. */
  public static Path get() throws IOException {
    String session = System.getenv("XDG_RUNTIME_DIR");
    Path parent =
        session != null && Files.isWritable(Path.of(session)) ? Path.of(session) : Path.of("/run");
    Path folder = parent.resolve("snapfs");
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return folder;
  }

  /** Makes a folder in it that nobody else has. */
  public static Path make(String prefix) throws IOException {
    return Files.createTempDirectory(get(), prefix);
  }
}
