package io.snapfs.format.blob;

import io.snapfs.format.PackId;
import io.snapfs.linux.DirEntry;
import io.snapfs.linux.Directory;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The sessions of a directory store, alive and dead: {@code tmp/UUID/}. A session lives as long as
 * its lock is held. Whether one lives is asked only under the exclusive {@code lock}, since
 * sessions begin under the shared one: so a directory that is not locked <em>yet</em> is never
 * taken for a dead one.
 */
final class Sessions {
  static final String DIRECTORY = "tmp";
  static final String LOCK_FILE = "session";

  private static final Pattern NAME =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final Root root;

  Sessions(Root root) {
    this.root = root;
  }

  /** Under the exclusive lock: the pins of all sessions that live, but for one. */
  Set<PackId> pinned(String exceptDirectory) throws IOException {
    Set<PackId> packs = new HashSet<>();
    for (String directory : list()) {
      if (!directory.equals(exceptDirectory) && isAlive(directory)) {
        Pins.read(root, directory, packs);
      }
    }
    return packs;
  }

  /** Something to do with the directory of a dead session that yields bytes. */
  interface Measure {
    long of(Path directory) throws IOException;
  }

  /** Under the exclusive lock: removes what the dead left. Returns the bytes freed. */
  long cleanDead() throws IOException {
    return forEachDead(Trees::delete);
  }

  /** Under the exclusive lock: the sum over the dead. One that fails does not spare the others. */
  long forEachDead(Measure measure) throws IOException {
    long sum = 0;
    IOException failure = null;
    for (String directory : list()) {
      try {
        if (!isAlive(directory)) {
          sum += measure.of(root.resolve(directory));
        }
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return sum;
  }

  private List<String> list() throws IOException {
    List<String> directories = new ArrayList<>();
    try (Fd tmp = root.openDirectory(DIRECTORY)) {
      for (DirEntry entry : Directory.list(tmp)) {
        String name = new String(entry.name(), StandardCharsets.ISO_8859_1);
        if (NAME.matcher(name).matches()) {
          directories.add(DIRECTORY + "/" + name);
        }
      }
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ENOENT)) {
        throw Failures.reading(root.resolve(DIRECTORY).toString(), e);
      }
    }
    return directories;
  }

  private boolean isAlive(String directory) throws IOException {
    String name = directory + "/" + LOCK_FILE;
    try (Fd lock = Open.at(root.fd(), Names.of(name), Open.O_RDONLY)) {
      return !Flock.tryExclusive(lock);
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT) || e.isErrno(Errno.ENOTDIR)) {
        return false; // killed between making the directory and its lock, or just ending
      }
      throw Failures.reading(root.resolve(name).toString(), e);
    }
  }
}
