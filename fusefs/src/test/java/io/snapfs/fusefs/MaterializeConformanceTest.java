package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.blob.SmallDisk;
import io.snapfs.format.node.NodeCache;
import io.snapfs.format.node.NodeContents;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.FileSpace;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mounts;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Processes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Materialised files through real mounts, on every transport. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class MaterializeConformanceTest extends MountTestBase {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 5 * MIB + 4321;
  private static final long LIMIT = 256L << 20;
  private static final String FILE = "a/latest/file";

  private byte[] content;
  private Path storePath;
  private Path directory;

  /** Whether the kernel reads materialised files by itself. */
  abstract boolean passesThrough() throws IOException;

  /** One mount with all that it needs. */
  private final class Served implements AutoCloseable {
    final Store store;
    final ChunkCache cache;
    final NodeCache node;
    final StoreTree tree;
    final CountingView view;
    final Path mountpoint;
    final Mount mount;

    Served(Path storePath, Path directory) throws IOException {
      store = Store.open(storePath);
      cache = new ChunkCache(4 << 20, 2);
      node = NodeCache.open(directory, LIMIT);
      tree = new StoreTree(store, cache, null, node);
      view = new CountingView(tree);
      mountpoint = newMountpoint();
      mount = mount(view, mountpoint);
    }

    Path file() {
      return mountpoint.resolve(FILE);
    }

    /** Opens and reads it until it is materialised, right all the time. */
    Served heat() throws Exception {
      await("materialised", () -> node.stats().opened() > 0 || !reads());
      return this;
    }

    private boolean reads() throws IOException {
      assertArrayEquals(content, Files.readAllBytes(file()));
      return true;
    }

    private void takeAllReads() throws Exception {
      await("closed", () -> view.open() == 0);
      view.takeReads();
    }

    @Override
    public void close() throws IOException {
      mount.close();
      tree.close();
      node.close();
      cache.close();
      store.close();
    }
  }

  @BeforeEach
  final void packStore() throws IOException {
    content = new byte[SIZE];
    new Random(1).nextBytes(content);
    Arrays.fill(content, MIB, 2 * MIB, (byte) 0);
    storePath = temp.resolve("store");
    directory = temp.resolve("node");
    pack(storePath, "a", content);
  }

  private void pack(Path into, String name, byte[] bytes) throws IOException {
    Path folder = Files.createTempDirectory(temp, "folder");
    Files.write(folder.resolve("file"), bytes);
    try (Store store = Store.openOrCreate(into)) {
      new Packer(store, PackOptions.defaults()).pack(folder, ArtifactRef.parse(name));
    }
  }

  private Served serve() throws IOException {
    return closeLater(new Served(storePath, directory));
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(90), "still not: " + what);
      Thread.sleep(5);
    }
  }

  private static Fd open(Path file) throws IOException {
    return Open.at(Fd.CWD, Names.of(file.toString()), Open.O_RDONLY);
  }

  private static byte[] read(Fd file, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(length);
    FileIo.preadFully(file, buffer, offset);
    byte[] bytes = new byte[length];
    buffer.get(0, bytes);
    return bytes;
  }

  private List<Path> materialised() throws IOException {
    try (Stream<Path> listed = Files.list(directory.resolve("v1/files"))) {
      return listed.toList();
    }
  }

  @Test
  void aMaterialisedFileIsReadByTheKernelItself() throws Exception {
    Served served = serve();
    readUncached(served);
    assertTrue(served.view.takeReads() > 0, "decoded at first");
    served.heat();
    served.takeAllReads();
    readUncached(served);
    assertEquals(passesThrough(), served.view.takeReads() == 0);
    try (Fd file = open(served.file())) {
      assertEquals(0, FileIo.pread(file, ByteBuffer.allocateDirect(10), SIZE));
      assertArrayEquals(Arrays.copyOfRange(content, 77, 1077), read(file, 77, 1000));
    }
    assertEquals(1, served.node.stats().filled());
  }

  /** Reads all of it, and nothing out of the page cache of the mount. */
  private void readUncached(Served served) throws IOException {
    try (Fd file = open(served.file())) {
      FileSync.advise(file, 0, 0, FileSync.POSIX_FADV_DONTNEED);
      assertArrayEquals(content, read(file, 0, SIZE));
    }
  }

  @Test
  void itCanBeMappedAndItsHolesBeFound() throws Exception {
    Served served = serve().heat();
    try (FileChannel channel = FileChannel.open(served.file())) {
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE);
      assertEquals(-1, mapped.mismatch(ByteBuffer.wrap(content)));
    }
    try (Fd file = open(served.file())) {
      assertEquals(0, FileSpace.seekData(file, 0));
      long hole = FileSpace.seekHole(file, 0);
      assertTrue(hole <= MIB + 4096 || hole == SIZE, "libfuse 2 knows no holes: " + hole);
    }
  }

  @Test
  void itSurvivesARestart() throws Exception {
    serve().heat().close();
    Served again = serve().heat();
    assertEquals(0, again.node.stats().filled());
    assertEquals(1, again.node.stats().checked());
    assertArrayEquals(content, Files.readAllBytes(again.file()));
  }

  @Test
  void mountsOfDifferentStoresShareIt() throws Exception {
    serve().heat();
    Path other = temp.resolve("other-store");
    pack(other, "a", content);
    Served second = closeLater(new Served(other, directory)).heat();
    assertEquals(0, second.node.stats().filled());
    assertEquals(1, materialised().size());
  }

  @Test
  void opensThatOverlapAgree() throws Exception {
    Served served = serve();
    try (Fd before = open(served.file())) {
      assertArrayEquals(Arrays.copyOf(content, MIB), read(before, 0, MIB));
      served.heat();
      try (Fd beside = open(served.file())) {
        assertArrayEquals(content, read(beside, 0, SIZE));
        assertArrayEquals(content, read(before, 0, SIZE));
      }
    }
    served.takeAllReads();
    try (Fd first = open(served.file())) {
      readUncached(served);
      assertArrayEquals(content, read(first, 0, SIZE));
    }
    assertEquals(passesThrough(), served.view.takeReads() == 0);
  }

  private void alter(int size) throws IOException {
    for (Path file : materialised()) {
      FileTime before = Files.getLastModifiedTime(file);
      assertTrue(file.toFile().setWritable(true));
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[4096]), 0);
        channel.truncate(size);
      }
      Files.setLastModifiedTime(file, before);
    }
  }

  @Test
  void anAlteredFileIsNotServedAndMadeAnew() throws Exception {
    Served served = serve().heat();
    for (int size : new int[] {SIZE, MIB}) {
      alter(size);
      try (LogCapture log = new LogCapture("io.snapfs.format.node")) {
        assertArrayEquals(content, Files.readAllBytes(served.file()));
        assertArrayEquals(content, Files.readAllBytes(served.file()));
        assertEquals(1, log.lines().stream().filter(line -> line.contains("was altered")).count());
      }
      long opened = served.node.stats().opened();
      await("made anew", () -> served.node.stats().opened() > opened || !served.reads());
    }
    assertEquals(2, served.node.stats().discarded());
    assertEquals(3, served.node.stats().filled());
  }

  @Test
  void whoOpensAFileThatWasAlteredWhileOthersHaveItOpenNeverGetsWrongBytes() throws Exception {
    Served served = serve().heat();
    try (Fd before = open(served.file())) {
      assertArrayEquals(Arrays.copyOf(content, MIB), read(before, 0, MIB));
      alter(SIZE);
      if (passesThrough()) {
        LinuxException e = assertThrows(LinuxException.class, () -> open(served.file()).close());
        assertEquals(Errno.EIO, e.errno());
      } else {
        try (Fd after = open(served.file())) {
          assertArrayEquals(content, read(after, 0, SIZE));
        }
      }
    }
    await("released", () -> served.view.open() == 0);
    assertArrayEquals(content, Files.readAllBytes(served.file()));
  }

  @Test
  void aFileThatIsClearedStaysOpen() throws Exception {
    Served served = serve().heat();
    try (Fd file = open(served.file())) {
      assertEquals(1, NodeContents.clear(directory).files());
      assertArrayEquals(content, read(file, 0, SIZE));
      assertArrayEquals(content, Files.readAllBytes(served.file()));
    }
    assertEquals(0, served.node.stats().discarded());
  }

  @Test
  void anArtifactThatIsRemovedIsReadOn() throws Exception {
    Served served = serve().heat();
    try (Fd file = open(served.file())) {
      served.store.remove(ArtifactRef.parse("a"));
      await("gone", () -> !Files.exists(served.file()));
      assertArrayEquals(content, read(file, 0, SIZE));
    }
    pack(storePath, "a", new byte[SIZE]);
    await("another", () -> Files.exists(served.file()));
    assertArrayEquals(new byte[SIZE], Files.readAllBytes(served.file()));
  }

  @Test
  void thousandsOfOpens() throws Exception {
    Served served = serve().heat();
    List<Fd> held = new ArrayList<>();
    try {
      for (int i = 0; i < 2000; i++) {
        held.add(open(served.file()));
      }
      assertArrayEquals(content, read(held.get(1999), 0, SIZE));
    } finally {
      held.forEach(Fd::close);
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        all.add(threads.submit(() -> openAndRead(served, 1000)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    await("all closed", () -> served.view.open() == 0);
    await("not in use", () -> !NodeContents.list(directory).get(0).inUse());
  }

  private Void openAndRead(Served served, int times) throws IOException {
    Random random = new Random(times);
    for (int i = 0; i < times; i++) {
      int at = random.nextInt(SIZE - 100);
      try (Fd file = open(served.file())) {
        assertArrayEquals(Arrays.copyOfRange(content, at, at + 100), read(file, at, 100));
      }
    }
    return null;
  }

  @Test
  void aFullDirectoryLeavesReadersAlone() throws Exception {
    Path small = Files.createDirectory(temp.resolve("small"));
    closeLater(new SmallDisk(small, 2 * MIB));
    directory = small.resolve("node");
    try (LogCapture log = new LogCapture("io.snapfs.format.node")) {
      Served served = serve();
      for (int i = 0; i < 5; i++) {
        assertArrayEquals(content, Files.readAllBytes(served.file()));
      }
      await("the user is told", () -> !log.lines().isEmpty());
      assertTrue(served.reads(), "as ever");
      assertEquals(0, served.node.stats().filled());
      assertTrue(log.lines().get(0).contains("there is no room"), log.lines().toString());
      assertEquals(1, log.lines().size(), "once");
    }
  }

  @Test
  void whatAKilledProcessWasFillingIsMadeAnew() throws Exception {
    byte[] large = new byte[96 * MIB];
    new Random(2).nextBytes(large);
    pack(storePath, "large", large);
    Path mountpoint = newMountpoint();
    Process child =
        killLater(
            ChildJvm.start(
                MountedChild.class,
                transport().name(),
                mountpoint.toString(),
                storePath.toString(),
                directory.toString()));
    assertEquals("mounted", ChildJvm.readLine(child));
    Path file = mountpoint.resolve("large/latest/file");
    Path filling = directory.resolve("v1/filling");
    try (Fd first = open(file);
        Fd second = open(file)) {
      assertTrue(second.isOpen() && first.isOpen());
      await("filling", () -> !isEmpty(filling));
      child.destroyForcibly().waitFor();
    }
    Unmount.run(mountpoint);
    Served served = serve();
    Path again = served.mountpoint.resolve("large/latest/file");
    await(
        "materialised",
        () ->
            served.node.stats().opened() > 0
                || Arrays.mismatch(large, Files.readAllBytes(again)) >= 0);
    assertArrayEquals(large, Files.readAllBytes(again));
    assertTrue(isEmpty(filling));
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> listed = Files.list(folder)) {
      return listed.findAny().isEmpty();
    }
  }

  @Test
  void anOverlayLiesOnTop() throws Exception {
    assumeTrue(Processes.effectiveUid() == 0, "needs root to mount an overlay");
    Served served = serve().heat();
    Path upper = Files.createDirectory(temp.resolve("upper"));
    Path work = Files.createDirectory(temp.resolve("work"));
    Path merged = newMountpoint();
    String options =
        "lowerdir=%s,upperdir=%s,workdir=%s"
            .formatted(served.mountpoint.resolve("a/latest"), upper, work);
    Mounts.mount(Names.of("overlay"), Names.of(merged.toString()), "overlay", 0, options);
    try {
      assertArrayEquals(content, Files.readAllBytes(merged.resolve("file")));
      Files.write(merged.resolve("file"), new byte[] {1}, StandardOpenOption.APPEND);
      assertEquals(SIZE + 1, Files.size(merged.resolve("file")));
      assertFalse(Files.size(served.file()) > SIZE);
    } finally {
      Mounts.umount(Names.of(merged.toString()), Mounts.MNT_DETACH);
    }
  }
}
