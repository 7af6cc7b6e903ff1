package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.DirectoryHandle;
import io.snapfs.fusefs.view.Entry;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.fusefs.view.InodeAttributes;
import io.snapfs.fusefs.view.ReadSink;
import io.snapfs.fusefs.view.RemovalListener;
import io.snapfs.fusefs.view.Validity;
import io.snapfs.linux.Addresses;
import io.snapfs.linux.DirEntry;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Mode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A changing root with a settled directory of one file of {@link #SIZE} bytes, which is also a
 * symbolic link and has extended attributes. What it reads lies in two pieces of memory.
 */
final class SampleView implements FileSystemView {
  static final long DIRECTORY = 2;
  static final long FILE = 0x1_0000_0003L;
  static final int SIZE = 3 * 1024 * 1024 + 5;
  static final int DAMAGED_AT = 2 * 1024 * 1024;
  static final String TARGET = "over/there";

  static final InodeAttributes FILE_ATTRIBUTES =
      new InodeAttributes(
          FILE, Mode.S_IFREG | 0640, 3, -2, 1001, 0x801, 0x12345, SIZE, 77, -1, 999_999_999);

  private static final int PIECE = 100_000;

  private final ByteBuffer data = ByteBuffer.allocateDirect(SIZE);
  private final long address;
  private final AtomicInteger openHandles = new AtomicInteger();
  private final AtomicInteger longestRead = new AtomicInteger();
  private final AtomicInteger lookups = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();
  private volatile RemovalListener listener;
  private volatile boolean damaged;
  private volatile CountDownLatch mayRead = new CountDownLatch(0);
  private volatile CountDownLatch reading = new CountDownLatch(1);

  private final Deque<Optional<Fd>> backings = new ArrayDeque<>();

  SampleView() {
    for (int i = 0; i < SIZE; i++) {
      data.put(i, byteAt(i));
    }
    address = Addresses.of(data);
  }

  static byte byteAt(int offset) {
    return (byte) (offset * 31 + (offset >> 8) * 7);
  }

  int openHandles() {
    return openHandles.get();
  }

  /** Bytes of the longest read so far. */
  int longestRead() {
    return longestRead.get();
  }

  /** Lookups so far. */
  int lookups() {
    return lookups.get();
  }

  /** Reads so far. */
  int reads() {
    return reads.get();
  }

  /** Says that the file is gone, which it isn't. */
  void sayThatTheFileIsGone() {
    listener.removed(DIRECTORY, "file".getBytes(StandardCharsets.ISO_8859_1));
  }

  boolean hasListener() {
    return listener != null;
  }

  @Override
  public void addRemovalListener(RemovalListener added) {
    listener = added;
  }

  @Override
  public void removeRemovalListener(RemovalListener removed) {
    if (removed == listener) {
      listener = null;
    }
  }

  /** The next opens have these files behind them, null for none; those after have none. */
  void backNextOpens(Fd... files) {
    for (Fd each : files) {
      backings.add(Optional.ofNullable(each));
    }
  }

  /** From now on a read at {@link #DAMAGED_AT} fails. */
  void damage() {
    damaged = true;
  }

  /** Has reads wait until {@link #letReads}. */
  void holdReads() {
    mayRead = new CountDownLatch(1);
    reading = new CountDownLatch(1);
  }

  void awaitHeldRead() throws InterruptedException {
    reading.await();
  }

  void letReads() {
    mayRead.countDown();
  }

  private static InodeAttributes directory(long ino) {
    return new InodeAttributes(ino, Mode.S_IFDIR | 0755, 2, 0, 0, 0, 0, 0, 0, 5, 6);
  }

  @Override
  public Entry lookup(long parent, byte[] name) throws ErrnoException {
    lookups.incrementAndGet();
    String text = new String(name, StandardCharsets.ISO_8859_1);
    if (parent == ROOT) {
      return text.equals("d")
          ? new Entry(directory(DIRECTORY), Validity.BRIEF)
          : Entry.absent(Validity.BRIEF);
    }
    if (parent != DIRECTORY) {
      throw new ErrnoException(Errno.ENOTDIR);
    }
    return switch (text) {
      case "file" -> new Entry(FILE_ATTRIBUTES, Validity.FOREVER);
      case "broken" -> throw new IllegalStateException("for the log: a mistake in a view");
      case "damaged" -> throw new ErrnoException(Errno.EIO);
      case "odd" -> throw new ErrnoException(70_000);
      default -> Entry.absent(Validity.FOREVER);
    };
  }

  @Override
  public Entry getattr(long ino) throws ErrnoException {
    if (ino == FILE) {
      return new Entry(FILE_ATTRIBUTES, Validity.FOREVER);
    }
    if (ino != ROOT && ino != DIRECTORY) {
      throw new ErrnoException(Errno.ESTALE);
    }
    return new Entry(directory(ino), ino == ROOT ? Validity.BRIEF : Validity.FOREVER);
  }

  @Override
  public byte[] readlink(long ino) throws ErrnoException {
    if (ino != FILE) {
      throw new ErrnoException(Errno.EINVAL);
    }
    return TARGET.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public byte[] listxattr(long ino) {
    return "user.a\0user.b\0".getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public byte[] getxattr(long ino, byte[] name) throws ErrnoException {
    if (name.length != "user.a".length()) {
      throw new ErrnoException(Errno.ENODATA);
    }
    return new byte[] {1, 0, 2};
  }

  @Override
  public FileHandle open(long ino) throws ErrnoException {
    if (ino != FILE) {
      throw new ErrnoException(Errno.EISDIR);
    }
    openHandles.incrementAndGet();
    Optional<Fd> backing = backings.poll();
    return new OpenSample(backing == null ? null : backing.orElse(null));
  }

  @Override
  public DirectoryHandle openDirectory(long ino) throws ErrnoException {
    openHandles.incrementAndGet();
    return new DirectoryHandle() {
      @Override
      public void read(long cookie, EntrySink sink) {
        String[] names = {".", "..", "file", "damaged", "broken-not", "x".repeat(255)};
        for (long i = cookie; i >= 0 && i < names.length; i++) {
          byte[] name = names[(int) i].getBytes(StandardCharsets.ISO_8859_1);
          if (!sink.accept(name, FILE, DirEntry.DT_REG, i + 1)) {
            return;
          }
        }
      }

      @Override
      public void close() {
        openHandles.decrementAndGet();
      }
    };
  }

  @Override
  public Usage usage() {
    return new Usage(4097, 9);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts serving threads", e);
    }
  }

  private final class OpenSample implements FileHandle {
    private final Fd backing;

    OpenSample(Fd backing) {
      this.backing = backing;
    }

    @Override
    public Fd backing() {
      return backing;
    }

    @Override
    public int read(long offset, int length, ReadSink sink) throws ErrnoException {
      if (length > longestRead.get()) {
        longestRead.accumulateAndGet(length, Math::max);
      }
      reads.incrementAndGet();
      reading.countDown();
      awaitUninterruptibly(mayRead);
      if (damaged && offset == DAMAGED_AT) {
        throw new ErrnoException(Errno.EIO);
      }
      int available = (int) Math.max(0, Math.min(length, SIZE - offset));
      for (int done = 0; done < available; done += PIECE) {
        sink.piece(address + offset + done, Math.min(PIECE, available - done));
      }
      if (available > 0) {
        sink.end();
      }
      return available;
    }

    @Override
    public long seekData(long offset) throws ErrnoException {
      if (offset >= SIZE) {
        throw new ErrnoException(Errno.ENXIO);
      }
      return offset;
    }

    @Override
    public long seekHole(long offset) {
      return SIZE;
    }

    @Override
    public void close() {
      openHandles.decrementAndGet();
    }
  }
}
