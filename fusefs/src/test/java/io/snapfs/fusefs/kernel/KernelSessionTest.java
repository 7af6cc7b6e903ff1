package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.fusefs.Mount;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.linux.Addresses;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import io.snapfs.linux.Xattrs;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only this transport promises, with the kernel of this machine. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class KernelSessionTest {
  private static final int MIB = 1 << 20;
  private static final int KIB = 1 << 10;
  private static final int PAGE = 4096;

  @TempDir Path temp;

  private final KernelTransport transport = new KernelTransport();
  private final SampleView view = new SampleView();
  private Mount mount;
  private Path file;

  @BeforeEach
  void mount() throws IOException {
    assumeTrue(transport.unavailableReason().isEmpty(), () -> transport.unavailableReason().get());
    Path mountpoint = Files.createDirectory(temp.resolve("mnt"));
    file = mountpoint.resolve("d/file");
    mount(MountOptions.defaults("snapfs-test"));
  }

  private void mount(MountOptions options) throws IOException {
    mount = Mount.start(view, temp.resolve("mnt"), options, transport);
  }

  @AfterEach
  void unmount() throws IOException {
    view.letReads();
    if (mount != null) {
      mount.close();
    }
  }

  private Fd openDirect() throws LinuxException {
    return Open.at(Fd.CWD, Names.of(file.toString()), Open.O_RDONLY | Open.O_DIRECT);
  }

  @Test
  void whatIsReadIsWhatIsThere() throws IOException {
    byte[] content = Files.readAllBytes(file);
    assertEquals(SampleView.SIZE, content.length);
    for (int i = 0; i < content.length; i++) {
      if (content[i] != SampleView.byteAt(i)) {
        throw new AssertionError("wrong byte at " + i);
      }
    }
  }

  @Test
  void attributesArriveAsTheyAre() throws LinuxException {
    Stat stat = Stat.lstatAt(Fd.CWD, Names.of(file.toString()));
    assertEquals(SampleView.FILE, stat.ino());
    assertEquals(SampleView.FILE_ATTRIBUTES.mode(), stat.mode());
    assertEquals(SampleView.FILE_ATTRIBUTES.uid(), stat.uid());
    assertEquals(SampleView.FILE_ATTRIBUTES.gid(), stat.gid());
    assertEquals(3, stat.nlink());
    assertEquals(77, stat.blocks());
    assertEquals(-1, stat.mtimeSec());
    assertEquals(999_999_999, stat.mtimeNsec());
    assertEquals(3, Xattrs.get(Names.of(file.toString()), Names.of("user.a")).length);
  }

  @Test
  void requestsPastThePageCacheAreOfOneMebibyte() throws IOException {
    mount.close();
    mount(MountOptions.defaults("snapfs-test").with(MountOptions.Flag.DIRECT_IO));
    try (Fd fd = Open.at(Fd.CWD, Names.of(file.toString()), Open.O_RDONLY)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(2 * MIB);
      assertEquals(2 * MIB, FileIo.pread(fd, buffer, 0));
    }
    assertEquals(MIB, view.longestRead());
  }

  @Test
  void requestsThatFillThePageCacheAreSoShortThatSeveralThreadsHaveOne() throws IOException {
    Files.readAllBytes(file);
    assertEquals(512 * KIB, view.longestRead());
  }

  @Test
  void servingReadsAllocatesNothing() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(2 * PAGE).alignedSlice(PAGE);
    long address = Addresses.of(buffer);
    try (Fd fd = openDirect()) {
      long allocated = 0;
      for (int round = 0; round < 2; round++) { // the first one loads classes
        long before = allocatedByServingThreads();
        for (int i = 0; i < 5_000; i++) {
          assertEquals(PAGE, FileIo.pread(fd, address, PAGE, (long) i % 400 * PAGE));
        }
        allocated = allocatedByServingThreads() - before;
      }
      assertTrue(allocated < 10_000, "5,000 reads allocated " + allocated + " bytes");
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  private static long allocatedByServingThreads() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("snapfs-kernel-"))
        .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getId()))
        .sum();
  }

  @Test
  void aDamagedPieceIsAnErrorAndTheRestIsRead() throws IOException {
    view.damage();
    ByteBuffer buffer = ByteBuffer.allocateDirect(2 * PAGE).alignedSlice(PAGE);
    try (Fd fd = openDirect()) {
      buffer.limit(PAGE);
      LinuxException e =
          assertThrows(LinuxException.class, () -> FileIo.pread(fd, buffer, SampleView.DAMAGED_AT));
      assertEquals(Errno.EIO, e.errno());
      assertEquals(PAGE, FileIo.pread(fd, buffer, SampleView.DAMAGED_AT + PAGE));
    }
  }

  @Test
  void whatIsGoneIsNotKept() throws IOException {
    Files.readAllBytes(file);
    int lookups = view.lookups();
    int reads = view.reads();
    Files.readAllBytes(file);
    assertEquals(reads, view.reads(), "what was read is kept");
    view.sayThatTheFileIsGone();
    whatIsReadIsWhatIsThere();
    assertTrue(view.lookups() > lookups, "the name was kept");
    assertTrue(view.reads() > reads, "the contents were kept");
    view.sayThatTheFileIsGone();
    view.sayThatTheFileIsGone();
    mount.close();
    assertFalse(view.hasListener());
  }

  @Test
  void aReaderThatIsKilledInTheMiddleHurtsNobody() throws Exception {
    view.holdReads();
    Process reader =
        new ProcessBuilder("cat", file.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      view.awaitHeldRead();
      reader.destroy(); // which the kernel tells us about
      reader.destroyForcibly();
    } finally {
      view.letReads();
      assertTrue(reader.waitFor(60, TimeUnit.SECONDS));
    }
    whatIsReadIsWhatIsThere();
    mount.unmount();
    assertEquals(0, view.openHandles());
  }

  @Test
  void closingCutsOffAReadThatIsUnderWay() throws Exception {
    view.holdReads();
    Process reader =
        new ProcessBuilder("cat", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      view.awaitHeldRead();
      Thread closing = new Thread(this::closeMount, "closing");
      closing.start();
      assertTrue(reader.waitFor(60, TimeUnit.SECONDS), "the reader still waits");
      assertEquals(1, reader.exitValue());
      view.letReads();
      closing.join();
    } finally {
      reader.destroyForcibly().waitFor();
    }
    assertEquals(0, view.openHandles());
  }

  private void closeMount() {
    try {
      mount.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
