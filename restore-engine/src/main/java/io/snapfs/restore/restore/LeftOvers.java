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
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * What nobody needs any more in the runtime folder: work folders of restores that were killed, and
 * logs of restores and of CRIU that are a week old. The next restore removes them when it has
 * ended.
 */
final class LeftOvers {
  private static final Logger LOG = System.getLogger(LeftOvers.class.getName());

  /** Work folders, the launcher's logs of restores, and kept logs of CRIU. */
  private static final String NAMES = "{" + WorkFolder.PREFIX + ",criu-}*";

  private static final String LOG_SUFFIX = ".log";
  private static final Duration LOGS_KEPT = Duration.ofDays(7);
  private static final Duration LOCKED_WITHIN = Duration.ofHours(1);

  private LeftOvers() {}

  /**
   * Removes the work folders in a folder whose locks nobody holds, with what is mounted there, and
   * old logs. What can't be removed is logged: it is in nobody's way.
   */
  static void remove(Path runtime) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(runtime, NAMES)) {
      for (Path entry : entries) {
        Path lock = entry.resolve(WorkFolder.LOCK);
        if (entry.toString().endsWith(LOG_SUFFIX)) {
          removeIfOld(entry);
        } else if (Files.isRegularFile(lock)) {
          removeIfLeft(entry, lock);
        } else if (isWorkFolder(entry)) {
          removeIfAbandoned(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(Level.WARNING, "what is left over in {0} can''t be looked for: {1}", runtime, e);
    }
  }

  private static boolean isWorkFolder(Path entry) {
    return entry.getFileName().toString().startsWith(WorkFolder.PREFIX)
        && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
  }

  /** Whoever makes a folder locks it at once: without a lock it was being removed. */
  private static void removeIfAbandoned(Path folder) {
    try {
      if (isOlder(folder, LOCKED_WITHIN)) {
        TreeRemover.remove(Fd.CWD, Names.of(folder.toString()));
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} can''t be removed: {1}", folder, e.getMessage());
    }
  }

  private static boolean isOlder(Path file, Duration age) throws IOException {
    return Files.getLastModifiedTime(file).toInstant().isBefore(Instant.now().minus(age));
  }

  private static void removeIfOld(Path log) {
    try {
      if (isOlder(log, LOGS_KEPT)) {
        Files.deleteIfExists(log);
      }
    } catch (NoSuchFileException e) {
      return; // another restore has just removed it
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} can''t be removed: {1}", log, e.getMessage());
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
