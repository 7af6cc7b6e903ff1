package io.snapfs.fusefs;

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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells who serves a mount, to whoever finds that it does not answer: owns a file that is locked
 * (flock(2)) as long as the process lives, also while it is stopped. The kernel gives the lock up
 * with the process, however that ends, and no number of a process is believed that may be another
 * one's by now.
 *
 * <p>A process that was killed is dead also while its end is held up: a thread that waits in the
 * kernel for a page, which a request of the mount's own keeps locked, waits for an answer that
 * nobody gives any more, and the kernel closes no file, nor the connection, before that thread has
 * gone.
 *
 * <p>The file is {@code /run/snapfs-mounts/MAJOR:MINOR}, for users other than root below {@code
 * $XDG_RUNTIME_DIR}: process id, id of the mount, device. It is advice: where it can't be kept,
 * nobody can tell, and nothing is done to a mount that does not answer.
 */
final class MountOwner implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(MountOwner.class.getName());
  private static final String FOLDER = "snapfs-mounts";
  private static final Pattern TEXT = Pattern.compile("(\\d{1,10}) (\\d{1,10}) (\\d+:\\d+)\n");
  private static final int MOST_TEXT = 128;
  private static final int OTHERS_WRITE = 022;

  /**
   * What is known of the process that serves a mount.
   *
   * @param pid its number where it was recorded
   * @param lives whether it is there, running or stopped
   */
  record Known(int pid, boolean lives) {}

  private final Fd directory;
  private final Fd file;
  private final byte[] name;

  private MountOwner(Fd directory, Fd file, byte[] name) {
    this.directory = directory;
    this.file = file;
    this.name = name;
  }

  /** Records that this process serves a mount, until it is closed or the process ends. */
  static MountOwner record(MountTable.Entry mount) {
    Fd directory = null;
    try {
      directory = folder(true);
      if (directory != null) {
        byte[] name = Names.of(mount.device());
        return new MountOwner(directory, write(directory, name, mount), name);
      }
    } catch (LinuxException e) {
      directory = closed(directory);
      LOG.log(System.Logger.Level.DEBUG, "others can't tell who serves the mount", e);
    }
    return new MountOwner(null, null, null);
  }

  private static Fd write(Fd directory, byte[] name, MountTable.Entry mount) throws LinuxException {
    try {
      Entries.unlink(directory, name); // of a mount that had the device's number before
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ENOENT)) {
        throw e;
      }
    }
    Fd file =
        Open.at(directory, name, Open.O_RDWR | Open.O_CREAT | Open.O_EXCL | Open.O_NOFOLLOW, 0600);
    try {
      Flock.tryExclusive(file); // before there is anything to read
      byte[] text =
          "%d %d %s\n"
              .formatted(Processes.pid(), mount.id(), mount.device())
              .getBytes(StandardCharsets.US_ASCII);
      FileIo.pwriteFully(file, ByteBuffer.allocateDirect(text.length).put(text).flip(), 0);
      return file;
    } catch (LinuxException e) {
      file.close();
      throw e;
    }
  }

  /** Who serves a mount; empty if that was not recorded, or can't be read. */
  static Optional<Known> of(MountTable.Entry mount) {
    try (Fd directory = folder(false)) {
      if (directory == null) {
        return Optional.empty();
      }
      int flags = Open.O_RDONLY | Open.O_NOFOLLOW | Open.O_NONBLOCK;
      try (Fd file = Open.at(directory, Names.of(mount.device()), flags)) {
        boolean locked = !Flock.tryShared(file);
        ByteBuffer text = ByteBuffer.allocateDirect(MOST_TEXT);
        FileIo.pread(file, text, 0);
        Matcher words = TEXT.matcher(StandardCharsets.US_ASCII.decode(text.flip()));
        boolean same =
            words.matches()
                && words.group(2).equals(Integer.toString(mount.id()))
                && words.group(3).equals(mount.device());
        if (!same) {
          return Optional.empty();
        }
        int pid = Integer.parseInt(words.group(1));
        return Optional.of(new Known(pid, locked && !ProcessEnd.isHeldUp(pid)));
      }
    } catch (LinuxException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The folder, if it is ours to trust; null if there is none. */
  private static Fd folder(boolean make) throws LinuxException {
    String above = Processes.effectiveUid() == 0 ? "/run" : System.getenv("XDG_RUNTIME_DIR");
    if (above == null || above.isEmpty()) {
      return null;
    }
    byte[] path = Names.of(above + "/" + FOLDER);
    if (make) {
      try {
        Entries.mkdir(Fd.CWD, path, 0700);
      } catch (LinuxException e) {
        if (!e.isErrno(Errno.EEXIST)) {
          throw e;
        }
      }
    }
    Fd directory = Open.directory(Fd.CWD, path);
    Stat stat = Stat.fstat(directory);
    if (stat.uid() != Processes.effectiveUid() || (stat.permissions() & OTHERS_WRITE) != 0) {
      return closed(directory);
    }
    return directory;
  }

  private static Fd closed(Fd fd) {
    if (fd != null) {
      fd.close();
    }
    return null;
  }

  /** The mount is over, or somebody else's to clear away. Idempotent. */
  @Override
  public synchronized void close() {
    if (file == null || !file.isOpen()) {
      return;
    }
    try {
      if (Stat.fstat(file).nlink() > 0) { // else the name is another mount's
        Entries.unlink(directory, name);
      }
    } catch (LinuxException e) {
      // What stays says that nobody serves the mount, which is so.
    }
    file.close();
    directory.close();
  }
}
