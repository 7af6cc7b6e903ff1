package io.snapfs.restore.restore;

import io.snapfs.format.unpack.TreeRemover;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mounts;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Work folders of restores that were killed: the next restore removes them. */
final class LeftOvers {
  private static final Logger LOG = System.getLogger(LeftOvers.class.getName());

  private LeftOvers() {}

  /** Removes the work folders in a folder whose locks nobody holds, with what is mounted there. */
  static void remove(Path runtime) throws IOException {
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(runtime, WorkFolder.PREFIX + "*")) {
      for (Path folder : folders) {
        Path lock = folder.resolve(WorkFolder.LOCK);
        if (Files.isRegularFile(lock)) {
          removeIfLeft(folder, lock);
        }
      }
    }
  }

  private static void removeIfLeft(Path folder, Path lock) {
    try (Fd fd = Open.at(Fd.CWD, Names.of(lock.toString()), Open.O_RDWR)) {
      if (Flock.tryExclusive(fd)) {
        unmount(folder.resolve(WorkFolder.MOUNTPOINT));
        TreeRemover.remove(Fd.CWD, Names.of(folder.toString()));
        LOG.log(Level.INFO, "removed {0}, which a restore that was killed had left", folder);
      }
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ENOENT)) {
        LOG.log(Level.WARNING, "{0} can''t be removed: {1}", folder, e.getMessage());
      } // otherwise its owner, or another restore, has just removed it
    }
  }

  private static void unmount(Path mountpoint) throws LinuxException {
    try {
      // Its server is dead, so there is nothing to wait for.
      Mounts.umount(Names.of(mountpoint.toString()), Mounts.MNT_DETACH | Mounts.UMOUNT_NOFOLLOW);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.EINVAL) && !e.isErrno(Errno.ENOENT)) {
        throw e;
      }
    }
  }
}
