package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Processes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Disks that are gone, readers that are gone, and very many of them, on every transport. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class FailuresConformanceTest extends MountTestBase {
  private static final int MIB = 1 << 20;

  /** Much more than is read ahead, and than the cache holds. */
  private static final int SIZE = 48 * MIB;

  private static final int READ = 64 << 10;

  private final byte[] content = new byte[SIZE];

  private void pack(Path storePath, Path source) throws IOException {
    try (Store store = Store.openOrCreate(storePath)) {
      new Packer(store, PackOptions.defaults()).pack(source, ArtifactRef.parse("a"));
    }
  }

  private void packLarge(Path storePath) throws IOException {
    new Random(1).nextBytes(content);
    Path source = Files.createDirectory(temp.resolve("source"));
    Files.write(source.resolve("file"), content);
    pack(storePath, source);
  }

  private CountingView view(Path storePath) throws IOException {
    Store store = closeLater(Store.open(storePath));
    ChunkCache cache = closeLater(new ChunkCache(4 * MIB, 2));
    return new CountingView(closeLater(new StoreTree(store, cache)));
  }

  private static Fd open(Path file) throws LinuxException {
    return Open.at(Fd.CWD, Names.of(file.toString()), Open.O_RDONLY);
  }

  private void assertRead(Fd file, int offset) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ);
    FileIo.preadFully(file, buffer, offset);
    assertEquals(-1, buffer.flip().mismatch(ByteBuffer.wrap(content, offset, READ)));
  }

  private static void assertFails(Fd file, int offset) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ);
    LinuxException e =
        assertThrows(LinuxException.class, () -> FileIo.preadFully(file, buffer, offset));
    assertEquals("EIO", Errno.name(e.errno()), e::getMessage);
  }

  private static void awaitClosed(CountingView view) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (view.open() > 0) {
      assertTrue(System.nanoTime() < deadline, () -> view.open() + " handles stay open");
      Thread.sleep(10);
    }
  }

  @Test
  void aDiskThatIsGoneGivesErrorsUntilItIsBack() throws Exception {
    assumeTrue(Processes.effectiveUid() == 0, "needs root for a disk of its own");
    FailingDisk disk = closeLater(new FailingDisk(temp, 2L * SIZE));
    packLarge(temp.resolve("store"));
    Path storePath = disk.fill(temp.resolve("store"));
    Path mountpoint = newMountpoint();
    mount(view(storePath), mountpoint);
    Path file = mountpoint.resolve("a/latest/file");
    try (Fd opened = open(file);
        LogCapture log = new LogCapture()) {
      assertRead(opened, 0);
      disk.takeAway();
      for (int at : new int[] {24 * MIB, 40 * MIB, 24 * MIB}) {
        assertFails(opened, at);
      }
      try (Fd late = open(file)) { // its packs are open
        assertFails(late, 32 * MIB);
      }
      assertFalse(log.lines().isEmpty());
      assertTrue(log.lines().get(0).contains("EIO"), log.lines()::toString);
      disk.putBack();
      for (int at : new int[] {24 * MIB, 32 * MIB, 40 * MIB, 0}) {
        assertRead(opened, at);
      }
      assertArrayEquals(content, Files.readAllBytes(file));
    }
  }

  @Test
  void readersThatAreKilledWhileTheyReadLeaveNothing() throws Exception {
    Path storePath = temp.resolve("store");
    packLarge(storePath);
    CountingView view = view(storePath);
    Path mountpoint = newMountpoint();
    mount(view, mountpoint);
    Path file = mountpoint.resolve("a/latest/file");
    try (LogCapture log = new LogCapture()) {
      for (int i = 0; i < 30; i++) {
        String skip = "skip=" + i;
        Process reader =
            killLater(
                new ProcessBuilder("dd", "if=" + file, "bs=1M", skip)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        byte[] first = reader.getInputStream().readNBytes(READ); // the pipe is full: it reads on
        assertArrayEquals(Arrays.copyOfRange(content, i * MIB, i * MIB + READ), first);
        reader.destroyForcibly().waitFor();
      }
      awaitClosed(view);
      assertArrayEquals(content, Files.readAllBytes(file));
      assertEquals(List.of(), log.lines());
    }
  }

  @Test
  void filesThatAreClosedWhileOthersReadThemDisturbNobody() throws Exception {
    Path storePath = temp.resolve("store");
    packLarge(storePath);
    CountingView view = view(storePath);
    Path mountpoint = newMountpoint();
    mount(view, mountpoint);
    Path file = mountpoint.resolve("a/latest/file");
    inThreads(
        4,
        number -> {
          Random random = new Random(number);
          for (int i = 0; i < 100; i++) {
            try (Fd opened = open(file)) { // closed while the kernel reads ahead for it
              assertRead(opened, random.nextInt(SIZE / READ) * READ);
            }
          }
        });
    awaitClosed(view);
  }

  @Test
  void thousandsOfOpensOfThousandsOfFiles() throws Exception {
    Path source = Files.createDirectory(temp.resolve("small"));
    for (int i = 0; i < 3000; i++) {
      Files.writeString(source.resolve("f" + i), "contents of " + i);
    }
    Path storePath = temp.resolve("store");
    pack(storePath, source);
    CountingView view = view(storePath);
    Path mountpoint = newMountpoint();
    mount(view, mountpoint);
    Path tree = mountpoint.resolve("a/latest");
    inThreads(
        4,
        number -> {
          List<Fd> files = new ArrayList<>();
          try {
            for (int i = number; i < 3000; i += 4) {
              Fd file = open(tree.resolve("f" + i));
              files.add(file);
              ByteBuffer buffer = ByteBuffer.allocateDirect(100);
              FileIo.pread(file, buffer, 0);
              assertEquals(
                  -1, buffer.flip().mismatch(ByteBuffer.wrap(Names.of("contents of " + i))));
            }
          } finally {
            files.forEach(Fd::close);
          }
        });
    awaitClosed(view);
  }

  private interface Work {
    void run(int number) throws Exception;
  }

  private static void inThreads(int count, Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        results.add(
            threads.submit(
                () -> {
                  work.run(number);
                  return null;
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
