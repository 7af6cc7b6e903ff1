package io.snapfs.restore.restore;

import io.snapfs.format.unpack.TreeRemover;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.restore.driver.RuntimeFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Owns a folder for one restore: CRIU's images, mountpoint, socket and log. Closing it removes it;
 * what is mounted there must have been unmounted. It holds a lock in it, by which {@link LeftOvers}
 * tells folders of restores that were killed.
 */
final class WorkFolder implements AutoCloseable {
  /** What the names begin with. */
  static final String PREFIX = "restore-";

  /** The file that is locked. */
  static final String LOCK = "lock";

  /** Where a mount may be. */
  static final String MOUNTPOINT = "mnt";

  private final Path folder;
  private final Path images;
  private final Path mountpoint;
  private final Fd lock;

  WorkFolder() throws IOException {
    folder = RuntimeFolder.make(PREFIX);
    images = Files.createDirectory(folder.resolve("images"));
    mountpoint = Files.createDirectory(folder.resolve(MOUNTPOINT));
    // Locked before it has its name, so that nobody takes this for left over.
    Path unnamed = folder.resolve(LOCK + ".new");
    lock =
        Open.at(
            Fd.CWD, Names.of(unnamed.toString()), Open.O_RDWR | Open.O_CREAT | Open.O_EXCL, 0600);
    Flock.exclusive(lock);
    Files.move(unnamed, folder.resolve(LOCK));
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
    try (lock) {
      TreeRemover.remove(Fd.CWD, Names.of(folder.toString()));
      LeftOvers.remove(folder.getParent()); // now that nobody waits
    }
  }
}
