package io.snapfs.tools.daemon;

import io.snapfs.format.SnapfsException;
import io.snapfs.format.unpack.TreeRemover;
import io.snapfs.linux.Addresses;
import io.snapfs.linux.DeviceIo;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.EventFd;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mode;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Poll;
import io.snapfs.linux.Processes;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * Owns the folder that clients of the daemon come to: see the package description. Closing it takes
 * away what clients look for. {@link #next} is for one thread.
 */
public final class Spool implements AutoCloseable {
  private static final byte[] REQUESTS = Names.of("requests");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int PRIVATE = 0700;
  private static final int MOST_READ = 4096;
  private static final int LOOKS = 5;
  private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Path folder;
  private final Path clients;
  private final Fd dir;
  private final Fd requests;
  private final EventFd wake = new EventFd();
  private final Poll poll = new Poll(2);
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(MOST_READ);
  private final StringBuilder partial = new StringBuilder();
  private final List<String> names = new ArrayList<>();
  private volatile boolean ended;

  /**
   * Makes the folder, or takes over one of a daemon that has ended.
   *
   * @throws SnapfsException if a daemon is there, or others than this user may enter the folder
   */
  public Spool(Path folder) throws IOException {
    this.folder = folder.toAbsolutePath().normalize();
    this.clients = this.folder.resolve("clients");
    if (!Files.isDirectory(this.folder)) {
      Files.createDirectories(
          this.folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    dir = Open.directory(Fd.CWD, Names.of(this.folder.toString()));
    Fd opened = null;
    try {
      checkPrivate();
      checkNobodyReads();
      TreeRemover.remove(Fd.CWD, Names.of(clients.toString()));
      Files.createDirectory(clients);
      Entries.mknod(dir, REQUESTS, Mode.S_IFIFO | 0600, 0, 0);
      opened = Open.at(dir, REQUESTS, Open.O_RDWR | Open.O_NONBLOCK);
    } finally {
      if (opened == null) {
        dir.close();
      }
    }
    requests = opened;
  }

  private void checkPrivate() throws IOException {
    Stat stat = Stat.fstat(dir);
    if (stat.uid() != Processes.effectiveUid() || (stat.permissions() & 0777) != PRIVATE) {
      throw new SnapfsException(
          String.format(
              "%s has mode %04o and owner %d: it must be 0700 and yours, since who can enter it can"
                  + " have processes restored",
              folder, stat.permissions() & 0777, stat.uid()));
    }
  }

  /** A client reads for an instant, though never anything: see the launcher. */
  private void checkNobodyReads() throws IOException {
    for (int i = 0; i < LOOKS; i++) {
      if (!isRead()) {
        return;
      }
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
    throw new SnapfsException("a daemon serves " + folder + " already");
  }

  /** Whether somebody reads requests; removes where they would come to if nobody does. */
  private boolean isRead() throws LinuxException {
    try {
      Open.at(dir, REQUESTS, Open.O_WRONLY | Open.O_NONBLOCK).close();
      return true;
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENXIO)) {
        Entries.unlink(dir, REQUESTS);
        return false;
      }
      if (e.isErrno(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  /** Waits for a client; null when {@link #end} was called. */
  public Client next() throws IOException {
    while (!ended) {
      while (!names.isEmpty()) {
        String name = names.remove(0);
        // Who may write there may also restart us; that a name is one is a matter of order.
        if (NAME.matcher(name).matches() && Files.isRegularFile(Client.args(clients, name))) {
          return new Client(clients, name);
        }
      }
      poll.clear();
      poll.add(requests, Poll.POLLIN);
      poll.add(wake.fd(), Poll.POLLIN);
      poll.await(-1);
      if (poll.ready(0) != 0) {
        read();
      }
    }
    return null;
  }

  private void read() throws LinuxException {
    int count = DeviceIo.read(requests, Addresses.of(buffer), MOST_READ);
    byte[] bytes = new byte[count];
    buffer.get(0, bytes);
    for (char each : new String(bytes, StandardCharsets.ISO_8859_1).toCharArray()) {
      if (each == '\n') {
        names.add(partial.toString());
        partial.setLength(0);
      } else if (partial.length() < MOST_READ) {
        partial.append(each);
      }
    }
  }

  /** Has {@link #next} return; no client finds us any more. By any thread. */
  public void end() throws LinuxException {
    ended = true;
    wake.signal();
  }

  @Override
  public void close() throws IOException {
    try (dir;
        requests) {
      Entries.unlink(dir, REQUESTS);
    }
  }
}
