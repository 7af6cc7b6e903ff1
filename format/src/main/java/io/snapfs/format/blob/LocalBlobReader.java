package io.snapfs.format.blob;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.PageCache;
import io.snapfs.linux.Stat;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An open file of a directory store, read with pread(2). */
final class LocalBlobReader implements BlobReader {
  /** The kernel takes requests of this size apart itself. */
  private static final long ADVICE_STEP = 8 << 20;

  private final SharedFd shared;
  private final String name;
  private final long length;

  private LocalBlobReader(Fd fd, String name, long length) {
    this.shared = new SharedFd(fd);
    this.name = name;
    this.length = length;
  }

  static LocalBlobReader open(Root root, String key) throws IOException {
    String name = root.resolve(key).toString();
    LocalBlobReader reader = null;
    Fd fd = null;
    try {
      fd = root.openForReading(key);
      Stat stat = Stat.fstat(fd);
      if (!stat.isRegular()) {
        throw new CorruptException(name, -1, "it is not a regular file");
      }
      reader = new LocalBlobReader(fd, name, stat.size());
      return reader;
    } catch (LinuxException e) {
      throw Failures.reading(name, e);
    } finally {
      if (reader == null && fd != null) {
        fd.close();
      }
    }
  }

  @Override
  public String describe() {
    return name;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void readFully(long position, ByteBuffer destination) throws IOException {
    int wanted = destination.remaining();
    Fd fd = shared.acquire();
    try {
      FileIo.preadFully(fd, destination, position);
    } catch (EOFException e) {
      throw new CorruptException(
          name,
          position,
          "it was "
              + length
              + " bytes long and has been cut short: "
              + wanted
              + " bytes can't be read here",
          e);
    } catch (LinuxException e) {
      throw Failures.reading(name + " at offset " + position, e);
    } finally {
      shared.release();
    }
  }

  @Override
  public void willNeed(long position, long length) throws IOException {
    Fd fd = shared.acquire();
    try {
      for (long done = 0; done < length; done += ADVICE_STEP) {
        long step = Math.min(ADVICE_STEP, length - done);
        FileSync.advise(fd, position + done, step, FileSync.POSIX_FADV_WILLNEED);
      }
    } catch (LinuxException e) {
      return; // not every filesystem takes advice
    } finally {
      shared.release();
    }
  }

  @Override
  public boolean isNear(long position, long length) throws IOException {
    Fd fd = shared.acquire();
    try {
      return PageCache.holds(fd, position, length);
    } finally {
      shared.release();
    }
  }

  @Override
  public ByteBuffer map() throws IOException {
    if (length >= Limits.MAX_MANIFEST) {
      throw new CorruptException(
          name, -1, "it is " + length + " bytes long, too long to be mapped as a whole");
    }
    Fd fd = shared.acquire();
    // A channel of an interrupted thread closes itself; the interruption is for our caller.
    boolean interrupted = Thread.interrupted();
    // Through the descriptor, not by name: the name may mean another file by now.
    Path file = Path.of("/proc/self/fd/" + fd.intValue());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    } finally {
      shared.release();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    shared.close();
  }
}
