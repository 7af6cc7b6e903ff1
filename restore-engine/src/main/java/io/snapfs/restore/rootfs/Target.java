package io.snapfs.restore.rootfs;

import io.snapfs.format.SnapfsException;
import io.snapfs.format.unpack.TreeRemover;
import io.snapfs.linux.DirEntry;
import io.snapfs.linux.Directory;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Owns the root directory that a diff is applied to. Names are resolved one by one below it, and no
 * symbolic link is followed, so nothing outside is ever reached. For one thread.
 */
final class Target implements AutoCloseable {
  private final Path folder;
  private final Fd root;

  /** Opens it. */
  Target(Path folder) throws IOException {
    this.folder = folder;
    try {
      root = Open.directory(Fd.CWD, Names.of(folder.toString()));
    } catch (LinuxException e) {
      throw new SnapfsException(folder + " can't be the root filesystem: " + e.getMessage(), e);
    }
  }

  Fd root() {
    return root;
  }

  /**
   * The names of a path, without what means nothing.
   *
   * @throws SnapfsException if it leads upwards
   */
  static List<String> names(String path) throws SnapfsException {
    List<String> names = new ArrayList<>();
    for (String name : path.split("/+", -1)) {
      if (name.equals("..") || name.indexOf('\0') >= 0) {
        throw new SnapfsException(
            "the diff has the path '" + path + "', which would leave the root filesystem");
      }
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return names;
  }

  /**
   * Opens a directory.
   *
   * @param make whether it, and those above it, are made where they are missing
   * @return null if it is missing and not to be made
   * @throws SnapfsException if something else has its name
   */
  Fd directory(List<String> names, boolean make) throws IOException {
    Fd at = Open.directory(root, Names.of("."));
    for (String each : names) {
      byte[] name = bytes(each);
      try (Fd above = at) {
        at = below(above, name, make);
      } catch (LinuxException e) {
        if (e.isErrno(Errno.ENOENT) && !make) {
          return null;
        }
        if (e.isErrno(Errno.ENOTDIR) || e.isErrno(Errno.ELOOP)) {
          if (!make) {
            return null;
          }
          throw new SnapfsException(
              String.join("/", names)
                  + " in "
                  + folder
                  + " leads through "
                  + each
                  + ", which is no directory there (links are not followed)");
        }
        throw e;
      }
    }
    return at;
  }

  private static Fd below(Fd above, byte[] name, boolean make) throws LinuxException {
    try {
      return Open.directory(above, name);
    } catch (LinuxException e) {
      if (!make || !e.isErrno(Errno.ENOENT)) {
        throw e;
      }
      Entries.mkdir(above, name, 0755);
      return Open.directory(above, name);
    }
  }

  static byte[] bytes(String name) {
    return name.getBytes(TarReader.BYTES);
  }

  /** What has a name; null if nothing has. */
  static Stat stat(Fd dir, byte[] name) throws LinuxException {
    try {
      return Stat.lstatAt(dir, name);
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT)) {
        return null;
      }
      throw e;
    }
  }

  /** Removes what has a name, with all below it. */
  static void remove(Fd dir, byte[] name) throws LinuxException {
    Stat stat = stat(dir, name);
    if (stat != null && stat.isDirectory()) {
      TreeRemover.remove(dir, name);
    } else if (stat != null) {
      Entries.unlink(dir, name);
    }
  }

  /** Removes what is in a directory, but for what has a name that is to be kept. */
  static void clear(Fd dir, Predicate<String> keep) throws LinuxException {
    for (DirEntry entry : Directory.list(dir)) {
      if (!keep.test(new String(entry.name(), TarReader.BYTES))) {
        remove(dir, entry.name());
      }
    }
  }

  @Override
  public void close() {
    root.close();
  }
}
