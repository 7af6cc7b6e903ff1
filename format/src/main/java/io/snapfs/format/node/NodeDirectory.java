package io.snapfs.format.node;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Attributes;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.Flock;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Processes;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Owns descriptors of a node's directory (its layout is in the package) and knows the names in it.
 * Holds no state besides, so that it is safe for use by many threads. Methods that say so want the
 * lock, see {@link #locked}.
 */
final class NodeDirectory implements AutoCloseable {
  static final int OURS_ALONE = 0700;

  private static final String VERSION = "v1";
  private static final String MARKER = "snapfs-node-cache";
  private static final String MARKER_TEXT =
      "Files of snapfs artifacts, decoded. 'snapfs cache ls' lists them, 'snapfs cache clear' removes"
          + " them; so may you, at any time.\n";
  private static final String LOCK = "lock";
  private static final int FILE_MODE = 0400;
  private static final int RECORD_MODE = 0600;
  private static final int OTHERS = 077;

  private final String path;
  private final Fd top;
  private final Fd files;
  private final Fd records;
  private final Fd filling;

  /** What is done under the lock. */
  interface Action<T, E extends Exception> {
    T run() throws LinuxException, E;
  }

  private NodeDirectory(String path, Fd top) throws LinuxException {
    this.path = path;
    this.top = top;
    files = directory(top, "files");
    records = directory(top, "records");
    filling = directory(top, "filling");
  }

  /**
   * Opens a directory and makes what is missing of it; what is above it must be there.
   *
   * @throws SnapfsException if it can't be used, with a message for the user
   */
  static NodeDirectory open(Path named) throws SnapfsException {
    Path directory = named.toAbsolutePath().normalize();
    try {
      makeDirectory(Fd.CWD, directory.toString());
      try (Fd above =
          Open.at(Fd.CWD, Names.of(directory.toString()), Open.O_RDONLY | Open.O_DIRECTORY)) {
        makeDirectory(above, VERSION);
        return open(directory, Open.directory(above, Names.of(VERSION)));
      }
    } catch (LinuxException e) {
      throw new SnapfsException(
          "can't keep materialised files in " + directory + ": " + e.getMessage(), e);
    }
  }

  /**
   * Opens a directory as it is.
   *
   * @throws MissingException if there is none, or nothing of ours in it
   */
  static NodeDirectory openExisting(Path named) throws SnapfsException {
    Path directory = named.toAbsolutePath().normalize().resolve(VERSION);
    try {
      Fd top = Open.directory(Fd.CWD, Names.of(directory.toString()));
      try {
        Open.at(top, Names.of(MARKER), Open.O_RDONLY).close();
      } catch (LinuxException e) {
        top.close();
        throw e;
      }
      return open(directory.getParent(), top);
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT) || e.isErrno(Errno.ENOTDIR)) {
        throw new MissingException("there are no materialised files in " + named);
      }
      throw new SnapfsException(
          "the materialised files in " + named + " can't be looked at: " + e.getMessage(), e);
    }
  }

  /** Takes over the descriptor. */
  private static NodeDirectory open(Path directory, Fd top) throws SnapfsException, LinuxException {
    boolean opened = false;
    try {
      Stat stat = Stat.fstat(top);
      if (stat.uid() != Processes.effectiveUid() || (stat.permissions() & OTHERS) != 0) {
        throw new SnapfsException(
            "can't keep materialised files in %s: %s belongs to user %d with permissions 0%o; it must belong to user %d, and to nobody else be open (0700)"
                .formatted(
                    directory,
                    VERSION,
                    Integer.toUnsignedLong(stat.uid()),
                    stat.permissions(),
                    Integer.toUnsignedLong(Processes.effectiveUid())));
      }
      mark(top);
      NodeDirectory result = new NodeDirectory(directory.toString(), top);
      result.locked(() -> null); // whoever can't lock can't do anything
      opened = true;
      return result;
    } finally {
      if (!opened) {
        top.close();
      }
    }
  }

  private static void mark(Fd top) throws LinuxException {
    try (Fd marker =
        Open.at(top, Names.of(MARKER), Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL, RECORD_MODE)) {
      byte[] text = Names.of(MARKER_TEXT);
      ByteBuffer buffer = ByteBuffer.allocateDirect(text.length).put(text).flip();
      FileIo.pwriteFully(marker, buffer, 0);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  private static void makeDirectory(Fd above, String name) throws LinuxException {
    try {
      Entries.mkdir(above, Names.of(name), OURS_ALONE);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  private static Fd directory(Fd above, String name) throws LinuxException {
    makeDirectory(above, name);
    return Open.directory(above, Names.of(name));
  }

  /** What users named. */
  String path() {
    return path;
  }

  Fd top() {
    return top;
  }

  Fd files() {
    return files;
  }

  Fd records() {
    return records;
  }

  Fd filling() {
    return filling;
  }

  /** Does something while nobody else changes names here; waits for that, which is never long. */
  <T, E extends Exception> T locked(Action<T, E> action) throws LinuxException, E {
    try (Fd fd = Open.at(top, Names.of(LOCK), Open.O_RDWR | Open.O_CREAT, RECORD_MODE)) {
      Flock.exclusive(fd);
      return action.run();
    }
  }

  /** Opens a file for reading; null if there is none. */
  Fd openFile(FileKey key) throws LinuxException {
    return openIfThere(files, name(key));
  }

  /** A file's record; null if there is none. */
  NodeRecord record(FileKey key) throws IOException {
    try (Fd fd = openIfThere(records, name(key))) {
      if (fd == null) {
        return null;
      }
      String resource = path + "/" + VERSION + "/records/" + key;
      long length = Stat.fstat(fd).size();
      if (length > NodeRecord.MAX_RECORD) {
        throw new CorruptException(resource, -1, "a record of " + length + " bytes");
      }
      ByteBuffer record = ByteBuffer.allocateDirect((int) length);
      FileIo.preadFully(fd, record, 0);
      return NodeRecord.decode(record.flip(), key, resource);
    }
  }

  /** Whether a file has a record, of whatever contents. */
  boolean hasRecord(FileKey key) throws LinuxException {
    return lastUse(key) != null;
  }

  /** When a file was used last, as attributes of its record; null if it has none. */
  Stat lastUse(FileKey key) throws LinuxException {
    try {
      return Stat.lstatAt(records, name(key));
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT)) {
        return null;
      }
      throw e;
    }
  }

  /** A file is used now. */
  void touch(FileKey key) throws LinuxException {
    Attributes.setTimes(records, name(key), 0, Attributes.UTIME_OMIT, 0, Attributes.UTIME_NOW);
  }

  /**
   * Gives a file that is whole its name and its record, in place of what may have the name. Under
   * the lock.
   *
   * @param name its present one, in {@link #filling}
   * @return what it is known by from now on
   */
  FileIdentity publish(Fd file, byte[] name, FileKey key, int[] sums, String label)
      throws LinuxException {
    Attributes.chmod(file, FILE_MODE);
    Entries.rename(filling, name, files, name(key));
    FileIdentity identity = FileIdentity.of(Stat.fstat(file)); // a rename is a change
    byte[] temporary = Names.of(key + ".record");
    try (Fd record =
        Open.at(filling, temporary, Open.O_WRONLY | Open.O_CREAT | Open.O_TRUNC, RECORD_MODE)) {
      FileIo.pwriteFully(record, new NodeRecord(key, identity, sums, label).encode(), 0);
    }
    Entries.rename(filling, temporary, records, name(key));
    return identity;
  }

  /** Removes a file and its record, as far as they are there. Under the lock. */
  void remove(FileKey key) throws LinuxException {
    unlink(records, name(key));
    unlink(files, name(key));
  }

  /** Removes a name if it is there. */
  static void unlink(Fd directory, byte[] name) throws LinuxException {
    try {
      Entries.unlink(directory, name);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  /** Opens for reading, without waiting whatever it is; null if there is none. */
  static Fd openIfThere(Fd directory, byte[] name) throws LinuxException {
    try {
      return Open.at(directory, name, Open.O_RDONLY | Open.O_NOFOLLOW | Open.O_NONBLOCK);
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT)) {
        return null;
      }
      throw e;
    }
  }

  static byte[] name(FileKey key) {
    return Names.of(key.toString());
  }

  @Override
  public void close() {
    filling.close();
    records.close();
    files.close();
    top.close();
  }
}
