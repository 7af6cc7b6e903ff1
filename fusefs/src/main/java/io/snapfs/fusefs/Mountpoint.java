package io.snapfs.fusefs;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.DirEntry;
import io.snapfs.linux.Directory;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.StatFs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** A directory to mount on, by its absolute path without symbolic links. Immutable. */
final class Mountpoint {
  /** Type of our mounts in the mount table. */
  static final String TYPE = "fuse.snapfs";

  private final Path path;
  private final byte[] bytes;

  private Mountpoint(Path path) {
    this.path = path;
    this.bytes = bytesOf(path);
  }

  /**
   * Resolves what a user named. It may be missing, or a mount whose process has died.
   *
   * @throws MissingException if not even its parent is there
   */
  static Mountpoint of(Path named) throws IOException {
    try {
      return new Mountpoint(named.toRealPath());
    } catch (IOException e) {
      // Missing or dead: then all but the last component must be fine.
    }
    Path absolute = named.toAbsolutePath();
    Path parent = absolute.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new MissingException(
          "the mountpoint " + named + " can't be there: " + parent + " is not a directory");
    }
    return new Mountpoint(parent.toRealPath().resolve(absolute.getFileName()));
  }

  /** For system calls. */
  byte[] bytes() {
    return bytes.clone();
  }

  /** What is mounted on it now. */
  Optional<MountTable.Entry> mounted() throws IOException {
    return MountTable.read().at(bytes);
  }

  /**
   * Makes sure that it can be mounted on: it is an empty directory on which nothing is mounted. A
   * dead snapfs mount is cleared away first.
   */
  void prepare() throws IOException {
    clearDead();
    Optional<MountTable.Entry> entry = mounted();
    if (entry.isPresent()) {
      throw new SnapfsException(
          "%s is a mountpoint already: %s (%s) is mounted there; unmount it first, or choose another"
              .formatted(path, entry.get().source(), entry.get().type()));
    }
    requireEmptyDirectory();
  }

  /** Takes away snapfs mounts whose connection to their process has been cut. */
  void clearDead() throws IOException {
    Optional<MountTable.Entry> entry = mounted();
    while (entry.isPresent() && entry.get().type().equals(TYPE) && isDead()) {
      Unmount.detach(this);
      entry = mounted();
    }
  }

  // Not by stat(2), which the kernel answers out of its cache for a while.
  private boolean isDead() {
    try {
      StatFs.of(bytes);
      return false;
    } catch (LinuxException e) {
      return e.isErrno(Errno.ENOTCONN);
    }
  }

  private void requireEmptyDirectory() throws IOException {
    try (Fd directory = Open.at(Fd.CWD, bytes, Open.O_RDONLY | Open.O_DIRECTORY)) {
      Optional<DirEntry> first = Directory.list(directory).stream().findFirst();
      if (first.isPresent()) {
        throw new SnapfsException(
            "the mountpoint %s is not empty (it has '%s', for one); choose an empty directory"
                .formatted(path, Names.printable(first.get().name())));
      }
    } catch (LinuxException e) {
      throw switch (e.errno()) {
        case Errno.ENOENT ->
            new MissingException("there is no mountpoint " + path + "; make it with mkdir");
        case Errno.ENOTDIR -> new SnapfsException("the mountpoint " + path + " is not a directory");
        default ->
            new SnapfsException("the mountpoint " + path + " can't be used: " + e.getMessage(), e);
      };
    }
  }

  /**
   * The bytes that the path was made of. Its string would have lost those that the JVM's locale
   * does not know; a URI percent-encodes bytes.
   */
  private static byte[] bytesOf(Path path) {
    String encoded = path.toUri().getRawPath();
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      if (encoded.charAt(i) == '%') {
        decoded.write(Integer.parseInt(encoded, i + 1, i + 3, 16));
        i += 2;
      } else {
        decoded.write(encoded.charAt(i));
      }
    }
    byte[] bytes = decoded.toByteArray();
    boolean slash = bytes.length > 1 && bytes[bytes.length - 1] == '/'; // added to directories
    return slash ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
