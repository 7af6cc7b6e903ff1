package io.snapfs.restore.restore;

import io.snapfs.format.unpack.TreeRemover;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Names;
import io.snapfs.restore.driver.RuntimeFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Owns a folder for one restore: CRIU's images, mountpoint, socket and log. Closing it removes it;
 * what is mounted there must have been unmounted.
 */
final class WorkFolder implements AutoCloseable {
  private final Path folder;
  private final Path images;
  private final Path mountpoint;

  WorkFolder() throws IOException {
    folder = RuntimeFolder.make("restore-");
    images = Files.createDirectory(folder.resolve("images"));
    mountpoint = Files.createDirectory(folder.resolve("mnt"));
  }

  /** For CRIU's {@code --work-dir}. */
  Path path() {
    return folder;
  }

  Path images() {
    return images;
  }

  Path mountpoint() {
    return mountpoint;
  }

  @Override
  public void close() throws IOException {
    TreeRemover.remove(Fd.CWD, Names.of(folder.toString()));
  }
}
