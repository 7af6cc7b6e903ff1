package io.snapfs.format.blob;

import io.snapfs.format.PackId;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * The file {@code pins} of a session: ids of packs that it relies on, 16 bytes each. Appended to
 * under the shared {@code lock}, read under the exclusive one, so never while it is being written.
 * It is not synced: sessions don't survive the machine.
 */
final class Pins implements AutoCloseable {
  private static final String FILE = "pins";

  private final String name;
  private final Fd fd;
  private final ByteBuffer entry =
      ByteBuffer.allocateDirect(PackId.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
  private long count;

  Pins(Root root, String directory) throws LinuxException {
    String file = directory + "/" + FILE;
    this.name = root.resolve(file).toString();
    this.fd = root.createNew(file);
  }

  /** If it fails halfway, the next one overwrites the torn entry. */
  void append(PackId pack) throws IOException {
    pack.write(entry.clear(), 0);
    try {
      FileIo.pwriteFully(fd, entry, count * PackId.LENGTH);
    } catch (LinuxException e) {
      throw Failures.writing(name, e);
    }
    count++;
  }

  /** Adds the pins of a session to {@code packs}; none if the session is just ending. */
  static void read(Root root, String directory, Set<PackId> packs) throws IOException {
    String file = directory + "/" + FILE;
    String name = root.resolve(file).toString();
    ByteBuffer bytes;
    try (Fd fd = root.openForReading(file)) {
      long whole = Stat.fstat(fd).size() / PackId.LENGTH * PackId.LENGTH;
      bytes = ByteBuffer.allocateDirect(Math.toIntExact(whole)).order(ByteOrder.LITTLE_ENDIAN);
      FileIo.preadFully(fd, bytes, 0);
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT)) {
        return; // it removes its files after its last publication
      }
      throw Failures.reading(name, e);
    }
    for (int at = 0; at < bytes.capacity(); at += PackId.LENGTH) {
      packs.add(PackId.read(bytes, at));
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
