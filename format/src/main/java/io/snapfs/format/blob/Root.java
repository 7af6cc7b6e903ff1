package io.snapfs.format.blob;

import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The top directory of a store and the system calls below it. Names are keys. Holds a descriptor,
 * so that it stays the same directory whatever is renamed or mounted above it.
 */
final class Root implements AutoCloseable {
  private static final int DIRECTORY_MODE = 0777; // before the umask, as for all that users make
  private static final int FILE_MODE = 0666;

  private final Path path;
  private final Fd fd;

  /** Directories whose own entry in their parent is known to be on the disk. */
  private final Set<String> durable = ConcurrentHashMap.newKeySet();

  Root(Path path) throws LinuxException {
    this.path = path.toAbsolutePath().normalize();
    this.fd = Open.at(Fd.CWD, Names.of(this.path.toString()), Open.O_RDONLY | Open.O_DIRECTORY);
  }

  Path path() {
    return path;
  }

  Path resolve(String key) {
    return path.resolve(key);
  }

  Fd fd() {
    return fd;
  }

  /** Opens for reading. Does not wait, whatever kind of file it is. */
  Fd openForReading(String name) throws LinuxException {
    return Open.at(fd, Names.of(name), Open.O_RDONLY | Open.O_NONBLOCK);
  }

  Fd openDirectory(String name) throws LinuxException {
    return name.isEmpty()
        ? Open.at(fd, Names.of("."), Open.O_RDONLY | Open.O_DIRECTORY)
        : Open.directory(fd, Names.of(name));
  }

  Fd createNew(String name) throws LinuxException {
    return Open.at(fd, Names.of(name), Open.O_RDWR | Open.O_CREAT | Open.O_EXCL, FILE_MODE);
  }

  /** A second descriptor of a file that exists, whose writes go past the page cache. */
  Fd openDirect(String name) throws LinuxException {
    return Open.at(fd, Names.of(name), Open.O_WRONLY | Open.O_DIRECT);
  }

  /** Lock files are made on first use and never removed. */
  Fd openLockFile(String name) throws LinuxException {
    return Open.at(fd, Names.of(name), Open.O_RDWR | Open.O_CREAT, FILE_MODE);
  }

  void makeDirectory(String name) throws LinuxException {
    Entries.mkdir(fd, Names.of(name), DIRECTORY_MODE);
  }

  /**
   * Makes a directory and those above it where they are missing, and returns when their entries are
   * on the disk. Also for those that were there: another process may have made them just now.
   */
  void ensureDirectory(String name) throws LinuxException {
    if (name.isEmpty() || durable.contains(name)) {
      return;
    }
    ensureDirectory(Keys.parent(name));
    try {
      makeDirectory(name);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.EEXIST)) {
        throw e;
      }
    }
    syncDirectory(Keys.parent(name));
    durable.add(name);
  }

  /** Returns when the entries of a directory are on the disk. */
  void syncDirectory(String name) throws LinuxException {
    try (Fd directory = openDirectory(name)) {
      FileSync.fsync(directory);
    }
  }

  void replace(String from, String to) throws LinuxException {
    Entries.rename(fd, Names.of(from), fd, Names.of(to));
  }

  /**
   * Gives a file its final name unless that is taken.
   *
   * @throws LinuxException EEXIST if the name is taken
   */
  void moveNew(String from, String to) throws LinuxException {
    byte[] source = Names.of(from);
    try {
      Entries.rename(fd, source, fd, Names.of(to), Entries.RENAME_NOREPLACE);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.EINVAL) && !e.isErrno(Errno.ENOSYS)) {
        throw e;
      }
      // This filesystem (NFS, for one) can't; a hard link does not replace either.
      Entries.link(fd, source, fd, Names.of(to));
      Entries.unlink(fd, source);
    }
  }

  /** Removes a file; false if there was none. */
  boolean unlink(String name) throws LinuxException {
    try {
      Entries.unlink(fd, Names.of(name));
      return true;
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
