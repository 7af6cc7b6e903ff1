package io.snapfs.gms.server;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Attributes;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mode;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Processes;
import io.snapfs.linux.Stat;
import io.snapfs.linux.UnixSockets;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Owns a listening socket in the file system, which only its user can connect to. A lock file
 * beside it ({@code SOCKET.lock}, which stays) makes sure that there is one server: a socket whose
 * server is dead is replaced, one that is served is left alone.
 */
final class ServerSocket implements AutoCloseable {
  private static final int BACKLOG = 128;
  private static final int OWNER_ONLY = 0600;
  private static final int OTHERS_MAY_WRITE = 022;
  private static final int STICKY = Mode.S_ISVTX;

  private final Path path;
  private final byte[] name;
  private final Fd dir;
  private final Fd lock;
  private final Fd listening;

  private ServerSocket(Path path, byte[] name, Fd dir, Fd lock, Fd listening) {
    this.path = path;
    this.name = name;
    this.dir = dir;
    this.lock = lock;
    this.listening = listening;
  }

  /**
   * Listens; makes the folder if it isn't there.
   *
   * @throws AlreadyExistsException if a server listens there
   * @throws SnapfsException if the folder is open to others
   */
  static ServerSocket listen(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    makeFolder(folder);
    Fd dir = Open.at(Fd.CWD, Names.of(folder.toString()), Open.O_RDONLY | Open.O_DIRECTORY);
    Fd lock = null;
    boolean made = false;
    try {
      checkFolder(dir, folder);
      byte[] name = Names.of(path.getFileName().toString());
      lock = lock(dir, path);
      ServerSocket socket = new ServerSocket(path, name, dir, lock, listen(dir, name, path));
      made = true;
      return socket;
    } finally {
      if (!made) {
        if (lock != null) {
          lock.close();
        }
        dir.close();
      }
    }
  }

  private static void makeFolder(Path folder) throws IOException {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (FileAlreadyExistsException e) {
      throw new SnapfsException(
          folder + " is not a folder: name another one for the sockets by --socket-dir", e);
    }
  }

  /** In a folder where others may replace files, a client could be led to another's server. */
  private static void checkFolder(Fd dir, Path folder) throws IOException {
    int mode = Stat.fstat(dir).mode();
    if ((mode & OTHERS_MAY_WRITE) != 0 && (mode & STICKY) == 0) {
      throw new SnapfsException(
          "the folder "
              + folder
              + " is open to others (mode %o): chmod 700 it, or name another one by --socket-dir"
                  .formatted(mode & 07777));
    }
  }

  private static Fd lock(Fd dir, Path path) throws IOException {
    byte[] name = Names.of(path.getFileName() + ".lock");
    Fd lock = Open.at(dir, name, Open.O_RDWR | Open.O_CREAT | Open.O_NOFOLLOW, OWNER_ONLY);
    if (!Flock.tryExclusive(lock)) {
      lock.close();
      throw served(path);
    }
    return lock;
  }

  private static AlreadyExistsException served(Path path) {
    return new AlreadyExistsException(
        "a GMS server listens at " + path + " already: end it, or choose another --socket-dir");
  }

  private static Fd listen(Fd dir, byte[] name, Path path) throws IOException {
    Fd listening;
    try {
      listening = UnixSockets.listen(dir, name, BACKLOG);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.EADDRINUSE)) {
        throw e;
      }
      replaceable(dir, name, path);
      Entries.unlink(dir, name);
      listening = UnixSockets.listen(dir, name, BACKLOG);
    }
    boolean made = false;
    try {
      Attributes.chmod(dir, name, OWNER_ONLY);
      made = true;
      return listening;
    } finally {
      if (!made) {
        listening.close();
      }
    }
  }

  /** Throws unless it is a socket that nobody serves: that of a server of another make is. */
  @SuppressWarnings("try") // that there is a connection is all that matters
  private static void replaceable(Fd dir, byte[] name, Path path) throws IOException {
    try (Fd connection = UnixSockets.connect(dir, name)) {
      throw served(path);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ECONNREFUSED)
          || Mode.type(Stat.lstatAt(dir, name).mode()) != Mode.S_IFSOCK) {
        throw new SnapfsException(
            path + " is in the way and is no socket of a server that has ended: remove it", e);
      }
    }
  }

  /** Whether a client may be served: this user, or root. */
  static boolean isWelcome(int uid) {
    return uid == 0 || uid == Processes.effectiveUid();
  }

  Fd fd() {
    return listening;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws LinuxException {
    listening.close();
    try {
      Entries.unlink(dir, name);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ENOENT)) {
        throw e;
      }
    } finally {
      lock.close();
      dir.close();
    }
  }
}
