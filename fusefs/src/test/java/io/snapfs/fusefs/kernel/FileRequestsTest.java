package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.linux.DeviceIo;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.IoVector;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.MemFd;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class FileRequestsTest extends RequestTestBase {
  private static final int MIB = 1 << 20;

  private long openFile() throws LinuxException {
    ByteBuffer opened = ask(Opcode.OPEN, SampleView.FILE, RequestBytes.open(0100000));
    assertEquals(16, opened.remaining());
    assertEquals(2, opened.getInt(8), "keeps what it has read");
    assertEquals(0, opened.getInt(12));
    return opened.getLong(0);
  }

  private void assertRead(long handle, int offset, int size, int expected) throws LinuxException {
    ByteBuffer read = ask(Opcode.READ, SampleView.FILE, RequestBytes.read(handle, offset, size));
    assertEquals(expected, read.remaining());
    for (int i = 0; i < expected; i++) {
      if (read.get(i) != SampleView.byteAt(offset + i)) {
        throw new AssertionError("wrong byte at " + (offset + i));
      }
    }
  }

  @Test
  void readsAreFullUpToTheEnd() throws LinuxException {
    long handle = openFile();
    assertRead(handle, 0, MIB, MIB);
    assertRead(handle, 4096, 4096, 4096);
    assertRead(handle, 12_345, 1, 1);
    assertRead(handle, SampleView.SIZE - 10, MIB, 10);
    assertRead(handle, SampleView.SIZE, MIB, 0);
    assertRead(handle, 100, 0, 0);
    assertRead(handle, Integer.MAX_VALUE, MIB, 0);
    ask(Opcode.RELEASE, SampleView.FILE, RequestBytes.release(handle));
    assertEquals(0, view.openHandles());
  }

  @Test
  void aReadThatFailsHasNoBytes() throws LinuxException {
    view.damage();
    long handle = openFile();
    int at = SampleView.DAMAGED_AT;
    assertErrno(Errno.EIO, Opcode.READ, SampleView.FILE, RequestBytes.read(handle, at, 4096));
    assertRead(handle, at + 1, 4096, 4096);
  }

  @Test
  void impossibleReadsAreRefused() throws LinuxException {
    long handle = openFile();
    byte[] negative = RequestBytes.read(handle, -1, 4096);
    assertErrno(Errno.EINVAL, Opcode.READ, SampleView.FILE, negative);
    byte[] huge = RequestBytes.read(handle, 0, MIB + 1);
    assertErrno(Errno.EINVAL, Opcode.READ, SampleView.FILE, huge);
    byte[] hugest = RequestBytes.read(handle, 0, -1);
    assertErrno(Errno.EINVAL, Opcode.READ, SampleView.FILE, hugest);
  }

  @Test
  void handlesThatAreNotOpenAreRefused() throws LinuxException {
    long handle = openFile();
    for (long wrong : new long[] {handle + 1, -1, Long.MAX_VALUE, 1L << 32 | handle}) {
      assertErrno(Errno.EBADF, Opcode.READ, SampleView.FILE, RequestBytes.read(wrong, 0, 10));
      assertErrno(Errno.EBADF, Opcode.LSEEK, SampleView.FILE, RequestBytes.lseek(wrong, 0, 3));
      assertErrno(Errno.EBADF, Opcode.RELEASE, SampleView.FILE, RequestBytes.release(wrong));
    }
    ask(Opcode.RELEASE, SampleView.FILE, RequestBytes.release(handle));
    assertErrno(Errno.EBADF, Opcode.RELEASE, SampleView.FILE, RequestBytes.release(handle));
  }

  @Test
  void opensForWritingAreRefused() throws LinuxException {
    assertErrno(Errno.EROFS, Opcode.OPEN, SampleView.FILE, RequestBytes.open(Open.O_RDWR));
    assertErrno(Errno.EROFS, Opcode.OPEN, SampleView.FILE, RequestBytes.open(Open.O_WRONLY));
    assertErrno(Errno.EISDIR, Opcode.OPEN, SampleView.DIRECTORY, RequestBytes.open(0));
    assertEquals(0, view.openHandles());
  }

  @Test
  void anOpenWhoseCallerHasGoneIsClosed() throws LinuxException {
    channel.refuseReplies(Errno.ENOENT);
    assertTrue(send(RequestBytes.request(Opcode.OPEN, SampleView.FILE, RequestBytes.open(0))));
    assertTrue(send(RequestBytes.request(Opcode.OPENDIR, 1, RequestBytes.open(0))));
    assertEquals(0, view.openHandles());
  }

  @Test
  void whatIsStillOpenAtTheEndIsClosed() throws LinuxException {
    openFile();
    openFile();
    assertEquals(2, view.openHandles());
    files.closeAll();
    assertEquals(0, view.openHandles());
  }

  @Test
  void seeksFindDataAndHoles() throws LinuxException {
    long handle = openFile();
    byte[] data = RequestBytes.lseek(handle, 10, 3);
    assertEquals(10, ask(Opcode.LSEEK, SampleView.FILE, data).getLong(0));
    byte[] hole = RequestBytes.lseek(handle, 10, 4);
    assertEquals(SampleView.SIZE, ask(Opcode.LSEEK, SampleView.FILE, hole).getLong(0));
    byte[] behind = RequestBytes.lseek(handle, SampleView.SIZE, 3);
    assertErrno(Errno.ENXIO, Opcode.LSEEK, SampleView.FILE, behind);
    byte[] negative = RequestBytes.lseek(handle, -5, 4);
    assertErrno(Errno.ENXIO, Opcode.LSEEK, SampleView.FILE, negative);
    byte[] other = RequestBytes.lseek(handle, 10, 1);
    assertErrno(Errno.EINVAL, Opcode.LSEEK, SampleView.FILE, other);
  }

  @Test
  void whoReadsPastThePageCacheIsTold() throws LinuxException {
    FileRequests.direct(view).register(dispatcher);
    ByteBuffer opened = ask(Opcode.OPEN, SampleView.FILE, RequestBytes.open(0));
    assertEquals(3, opened.getInt(8), "direct_io, and what is mapped stays");
    assertRead(opened.getLong(0), 4096, 4096, 4096);
  }

  /** Whether there is a file behind it is found out first, and what the others have only then. */
  @Test
  void whoOpensAFileThatIsMaterialisedAtThatMomentIsServed() throws LinuxException {
    try (Fd backing = MemFd.create("backing");
        Fd altered = MemFd.create("altered")) {
      new FileRequests(view, new Backings(new OneNumber()), null).register(dispatcher);
      byte[] open = RequestBytes.open(0);
      view.backNextOpens(backing);
      ByteBuffer first = ask(Opcode.OPEN, SampleView.FILE, open);
      assertEquals(FuseProtocol.FOPEN_PASSTHROUGH, first.getInt(8));
      view.backNextOpens(null, backing);
      ByteBuffer second = ask(Opcode.OPEN, SampleView.FILE, open);
      assertEquals(FuseProtocol.FOPEN_PASSTHROUGH, second.getInt(8));
      assertEquals(OneNumber.NUMBER, second.getInt(12));
      assertEquals(2, view.openHandles());
      view.backNextOpens(altered, altered);
      assertErrno(Errno.EIO, Opcode.OPEN, SampleView.FILE, open);
      assertEquals(2, view.openHandles());
    }
  }

  /** Knows one file, by one number. */
  private static final class OneNumber implements Backings.Registry {
    static final int NUMBER = 5;

    @Override
    public int register(Fd file) {
      return NUMBER;
    }

    @Override
    public void unregister(int number) {}
  }

  @Test
  void readsAllocateNothing() throws LinuxException {
    long handle = openFile();
    byte[] read =
        RequestBytes.request(Opcode.READ, SampleView.FILE, RequestBytes.read(handle, 4096, MIB));
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Fd sink = Open.at(Fd.CWD, Names.of("/dev/null"), Open.O_WRONLY);
        Request request = new Request();
        Reply reply = new Reply(new Swallowing(sink))) {
      channel.say(read);
      assertTrue(request.receive(channel));
      long allocated = 0;
      for (int round = 0; round < 2; round++) { // the first one loads classes
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 20_000; i++) {
          dispatcher.dispatch(request, reply);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertTrue(allocated < 10_000, "20,000 reads allocated " + allocated + " bytes");
    }
  }

  /** Takes replies and keeps nothing. */
  private record Swallowing(Fd sink) implements Channel {
    @Override
    public void close() {}

    @Override
    public int read(long address, int capacity) {
      throw new UnsupportedOperationException("nothing to say");
    }

    @Override
    public void write(IoVector pieces, int count) throws LinuxException {
      DeviceIo.writev(sink, pieces, count);
    }
  }
}
