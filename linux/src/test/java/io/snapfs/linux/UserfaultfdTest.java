package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On memory of this process, and on that of a child that makes the events. */
class UserfaultfdTest extends LinuxTest {
  private static final int PAGES = 16;

  private int page;
  private NativeMemory target;
  private NativeMemory source;
  private Userfaultfd uffd;

  @BeforeEach
  void register() throws LinuxException {
    assumeRoot();
    page = SystemInfo.pageSize();
    target = NativeMemory.allocate((long) PAGES * page);
    source = NativeMemory.allocate((long) PAGES * page);
    ByteBuffer bytes = source.slice(0, PAGES * page);
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put(i, (byte) (i / page + 1));
    }
    uffd = Userfaultfd.create(0);
    uffd.register(target.address(), target.size());
  }

  @AfterEach
  void close() {
    if (uffd != null) {
      uffd.close();
      target.close();
      source.close();
    }
  }

  private long at(int pages) {
    return target.address() + (long) pages * page;
  }

  private long copy(int first, int pages) {
    return uffd.copy(at(first), source.address() + (long) first * page, (long) pages * page);
  }

  /** First byte of each page; none may be missing. */
  private byte[] firstBytes(int first, int pages) {
    ByteBuffer bytes = target.slice((long) first * page, pages * page);
    byte[] result = new byte[pages];
    for (int i = 0; i < pages; i++) {
      result[i] = bytes.get(i * page);
    }
    return result;
  }

  @Test
  void copiesZerosAndWhatIsThereAlready() throws LinuxException {
    assertEquals(4L * page, copy(0, 4));
    assertEquals(2L * page, uffd.zero(at(8), 2L * page));
    assertArray(firstBytes(0, 4), 1, 2, 3, 4);
    assertArray(firstBytes(8, 2), 0, 0);
    assertEquals(-Errno.EEXIST, copy(3, 4));
    assertEquals(-Errno.EEXIST, uffd.zero(at(0), page));
    // Copies up to what is there, and says how far it came.
    assertEquals(4L * page, copy(4, 6));
    assertArray(firstBytes(4, 6), 5, 6, 7, 8, 0, 0);
    assertEquals(0, uffd.wake(target.address(), target.size()));
  }

  private static void assertArray(byte[] actual, int... expected) {
    byte[] bytes = new byte[expected.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) expected[i];
    }
    assertEquals(Arrays.toString(bytes), Arrays.toString(actual));
  }

  @Test
  void whatIsNotRegisteredIsRefused() throws LinuxException {
    assertEquals(-Errno.ENOENT, uffd.copy(source.address(), target.address(), page));
    assertEquals(-Errno.EINVAL, uffd.copy(at(0) + 1, source.address(), page));
    uffd.unregister(at(0), page);
    assertEquals(-Errno.ENOENT, copy(0, 1));
    assertEquals(page, copy(1, 1));
    assertArray(firstBytes(0, 2), 0, 2);
  }

  @Test
  void whetherAPageIsRegisteredCanBeAskedWithoutEffect() throws LinuxException {
    copy(1, 1);
    assertEquals(1, uffd.probe(at(0)));
    assertEquals(1, uffd.probe(at(1)));
    assertEquals(0, uffd.probe(source.address()));
    uffd.unregister(at(0), page);
    assertEquals(0, uffd.probe(at(0)));
    assertArray(firstBytes(0, 2), 0, 2);
  }

  @Test
  void poisonedPagesCannotBeReadEvenAfterClosing() throws IOException {
    copy(0, 1);
    long poisoned = uffd.poison(at(1), 2L * page);
    assumeTrue(poisoned != -Errno.EINVAL && poisoned != -Errno.ENOTTY, "needs Linux 6.6");
    assertEquals(2L * page, poisoned);
    try (Fd file = create("f")) {
      assertEquals(page, FileIo.pwrite(file, at(0), page, 0));
      assertErrno(Errno.EFAULT, () -> FileIo.pwrite(file, at(1), page, 0));
      assertEquals(page, copy(1, 1), "poison makes way for contents");
      assertEquals(page, FileIo.pwrite(file, at(1), page, 0));
      uffd.close();
      assertErrno(Errno.EFAULT, () -> FileIo.pwrite(file, at(2), page, 0));
      assertEquals(page, FileIo.pwrite(file, at(3), page, 0), "a missing one is zeros");
    }
  }

  @Test
  void aFaultIsReportedAndAnswered() throws Exception {
    UffdEvents events = new UffdEvents(4);
    assertEquals(0, uffd.read(events));
    Thread toucher = new Thread(() -> target.slice(5L * page + 7, 1).get(0));
    toucher.start();
    Poll poll = new Poll(1);
    poll.add(uffd.fd(), Poll.POLLIN);
    assertEquals(1, poll.await(60_000));
    assertEquals(1, uffd.read(events));
    assertEquals(UffdEvents.PAGEFAULT, events.type(0));
    assertEquals(at(5), events.address(0) & -page);
    assertEquals(page, copy(5, 1));
    toucher.join();
  }

  @Test
  void eventsOfAnotherProcessAreReported() throws Exception {
    String script =
        """
        import ctypes, os, socket, sys
        c = ctypes.CDLL(None, use_errno=True)
        c.mmap.restype = ctypes.c_void_p
        c.mremap.restype = ctypes.c_void_p
        P = os.sysconf('SC_PAGE_SIZE')
        def check(r):
          if r in (-1, ctypes.c_size_t(-1).value): raise OSError(ctypes.get_errno(), '')
          return r
        fd = check(c.syscall(int(sys.argv[2]), 0o2004000))
        check(c.ioctl(fd, ctypes.c_ulong(0xc018aa3f), (ctypes.c_ulong * 3)(0xaa, 78)))
        a = check(c.mmap(None, ctypes.c_size_t(8 * P), 3, 0x22, -1, ctypes.c_long(0)))
        r = (ctypes.c_ulong * 4)(a, 8 * P, 1)
        check(c.ioctl(fd, ctypes.c_ulong(0xc020aa00), r))
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
        socket.send_fds(s, [b'%20d' % a], [fd])
        p = ctypes.c_void_p
        n = ctypes.c_size_t
        check(c.madvise(p(a), n(P), 4))
        check(c.munmap(p(a + P), n(P)))
        b = check(c.mremap(p(a + 4 * P), n(4 * P), n(4 * P), 3, p(a + (1 << 24))))
        if os.fork() == 0: os._exit(0)
        os.wait()
        ctypes.string_at(b, 1)
        """;
    SocketMessage message = new SocketMessage(20);
    try (Fd listening = UnixSockets.listen(dir, name("s"), 1)) {
      String call = String.valueOf(Arch.current().userfaultfd());
      ProcessBuilder builder = new ProcessBuilder("python3", "-c", script, path + "/s", call);
      Process child = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (Fd server = UnixSockets.accept(listening)) {
        assertEquals(20, message.receive(server, 0, 20));
        byte[] text = new byte[20];
        message.data().get(0, text);
        long start = Long.parseLong(new String(text, StandardCharsets.US_ASCII).strip());
        List<Fd> fds = message.takeFds();
        try (Userfaultfd theirs = Userfaultfd.adopt(fds.get(0))) {
          followEvents(theirs, start);
          assertTrue(child.waitFor(1, TimeUnit.MINUTES));
          assertEquals(0, child.exitValue());
          assertEquals(-Errno.ESRCH, theirs.zero(start, page));
        }
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
  }

  private void followEvents(Userfaultfd theirs, long start) throws LinuxException {
    UffdEvents events = new UffdEvents(1);
    await(theirs, events, UffdEvents.REMOVE);
    assertEquals(start, events.start(0));
    assertEquals(start + page, events.end(0));
    await(theirs, events, UffdEvents.UNMAP);
    assertEquals(start + page, events.start(0));
    assertEquals(start + 2L * page, events.end(0));
    await(theirs, events, UffdEvents.REMAP);
    long moved = start + (1 << 24);
    assertEquals(start + 4L * page, events.start(0));
    assertEquals(moved, events.target(0));
    assertEquals(4L * page, events.length(0));
    await(theirs, events, UffdEvents.UNMAP);
    assertEquals(start + 4L * page, events.start(0));
    await(theirs, events, UffdEvents.FORK);
    try (Userfaultfd forked = events.forked(0)) {
      assertTrue(forked.fd().isOpen());
      await(theirs, events, UffdEvents.PAGEFAULT);
      assertEquals(moved, events.address(0) & -page);
      assertEquals(page, theirs.zero(moved, page));
    }
  }

  private static void await(Userfaultfd theirs, UffdEvents events, int type) throws LinuxException {
    if (theirs.read(events) == 0) {
      // An event that nobody has read keeps others from filling pages; tested where it matters.
      Poll poll = new Poll(1);
      poll.add(theirs.fd(), Poll.POLLIN);
      assertEquals(1, poll.await(60_000), "no event comes");
      assertEquals(1, theirs.read(events));
    }
    assertEquals(type, events.type(0));
  }

  @Test
  void nothingIsAllocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = 0;
    for (int round = 0; round < 2; round++) { // the first one loads classes
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        copy(0, 1);
        uffd.zero(at(0), page);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
    assertTrue(allocated < 10_000, "20,000 calls allocated " + allocated + " bytes");
  }

  @Test
  void errorsAreExceptionsWhereTheyAreNotEveryday() throws IOException {
    assertErrno(Errno.EINVAL, () -> uffd.register(at(0) + 1, page));
    assertErrno(Errno.EINVAL, () -> Userfaultfd.create(1L << 60));
    Fd[] pipe = Pipes.create();
    try (Fd read = pipe[0];
        Fd write = pipe[1]) {
      assertErrno(Errno.EBADF, () -> Userfaultfd.adopt(write).read(new UffdEvents(1)));
      assertTrue(read.isOpen());
    }
  }
}
