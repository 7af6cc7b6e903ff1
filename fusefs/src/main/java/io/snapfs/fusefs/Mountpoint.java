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
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A directory to mount on, by its absolute path without symbolic links. Immutable. */
final class Mountpoint {
  /** Type of our mounts in the mount table. */
  static final String TYPE = "fuse.snapfs";

  /** As many as the kernel follows. */
  private static final int MOST_LINKS = 40;

  private static final Set<String> NO_NAMES = Set.of(".", "..");
  private static final String NOWHERE = "/dev/null";
  private static final long ANSWER_WITHIN_SECONDS = 5;

  private final Path path;
  private final byte[] bytes;

  private Mountpoint(Path path) {
    this.path = path;
    this.bytes = bytesOf(path);
  }

  /**
   * Resolves what a user named. It may be missing, or a mount whose process is dead or does not
   * answer: a snapfs mount is known by the mount table, and is itself not looked at.
   *
   * @throws MissingException if not even its parent is there
   */
  static Mountpoint of(Path named) throws IOException {
    MountTable mounts = MountTable.read();
    Path at = named.toAbsolutePath();
    for (int links = 0; links < MOST_LINKS; links++) {
      Path parent = at.getParent();
      if (parent == null || NO_NAMES.contains(at.getFileName().toString())) {
        return new Mountpoint(at.toRealPath());
      }
      if (!Files.isDirectory(parent)) {
        throw new MissingException(
            "the mountpoint " + named + " can't be there: " + parent + " is not a directory");
      }
      at = parent.toRealPath().resolve(at.getFileName());
      Optional<MountTable.Entry> mounted = mounts.at(bytesOf(at));
      boolean ours = mounted.isPresent() && mounted.get().type().equals(TYPE);
      if (ours || !Files.isSymbolicLink(at)) {
        return new Mountpoint(at);
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    throw new SnapfsException("the mountpoint " + named + " is a loop of symbolic links");
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

  /**
   * Takes away snapfs mounts whose connection to their process has been cut, and cuts those of
   * processes that have died without that. A mount of a living process stays as it is.
   *
   * @throws SnapfsException if a mount does not answer and its process lives, or may live
   */
  void clearDead() throws IOException {
    Optional<MountTable.Entry> entry = mounted();
    while (entry.isPresent() && entry.get().type().equals(TYPE)) {
      State state = state();
      if (state == State.ANSWERS) {
        return;
      }
      if (state == State.HANGS) {
        cutOffIfOrphaned(entry.get());
      }
      if (mounted().equals(entry)) {
        Unmount.detach(this);
      }
      entry = mounted();
    }
  }

  private enum State {
    ANSWERS,
    /** The kernel has ended the connection. */
    CUT_OFF,
    /** Who asks waits. */
    HANGS
  }

  // Not by stat(2), which the kernel answers out of its cache for a while.
  private State state() throws IOException {
    try {
      Answer.await(() -> StatFs.of(bytes), ANSWER_WITHIN_SECONDS);
      return State.ANSWERS;
    } catch (ExecutionException e) {
      boolean cut =
          e.getCause() instanceof LinuxException failure && failure.isErrno(Errno.ENOTCONN);
      return cut ? State.CUT_OFF : State.ANSWERS;
    } catch (TimeoutException e) {
      return State.HANGS;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted while waiting");
      failure.initCause(e);
      throw failure;
    }
  }

  /** Whether the process that served a mount is known to be dead. */
  static boolean isOrphaned(MountTable.Entry entry) {
    Optional<MountOwner.Known> owner = MountOwner.of(entry);
    return owner.isPresent() && !owner.get().lives();
  }

  private void cutOffIfOrphaned(MountTable.Entry entry) throws IOException {
    Optional<MountOwner.Known> owner = MountOwner.of(entry);
    if (owner.isEmpty()) {
      throw new SnapfsException(
          "%s is a snapfs mount that does not answer, and which process serves it was not recorded; end that (fuser -v /dev/fuse shows who it may be), or take the mount out of sight with: umount -l %s"
              .formatted(path, path));
    }
    if (owner.get().lives()) {
      int pid = owner.get().pid();
      throw new SnapfsException(
          "%s is a snapfs mount whose process %d lives but does not answer (it may be stopped); have it go on with 'kill -CONT %d', or end it with 'kill -9 %d' and try again"
              .formatted(path, pid, pid, pid));
    }
    Unmount.abort(this);
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
   * does not know; a URI percent-encodes bytes. To make one, Java looks whether the path is a
   * directory, which must not be a mount that does not answer: so it is put where nothing is.
   */
  private static byte[] bytesOf(Path path) {
    Path nowhere = Path.of(NOWHERE).resolve(path.getRoot().relativize(path));
    String encoded = nowhere.toUri().getRawPath().substring(NOWHERE.length());
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      if (encoded.charAt(i) == '%') {
        decoded.write(Integer.parseInt(encoded, i + 1, i + 3, 16));
        i += 2;
      } else {
        decoded.write(encoded.charAt(i));
      }
    }
    return decoded.size() == 0 ? new byte[] {'/'} : decoded.toByteArray();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
