package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.node.NodeCache;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mounts with {@code -o direct_io}, on every transport. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class DirectIoConformanceTest extends MountTestBase {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 5 * MIB + 4321;
  private static final int PAGE = 4096;

  private final byte[] content = new byte[SIZE];
  private Path source;
  private Path storePath;
  private NodeCache node;

  /** Bytes that the kernel asks for at a time, at most. */
  abstract int longestRequest();

  /** Whether a file can be mapped with MAP_SHARED. */
  abstract boolean mapsShared() throws LinuxException;

  @BeforeEach
  final void makeSource() throws IOException {
    new Random(1).nextBytes(content);
    Arrays.fill(content, MIB, 2 * MIB, (byte) 0);
    source = Files.createDirectory(temp.resolve("source"));
    Files.write(source.resolve("file"), content);
    storePath = temp.resolve("store");
  }

  private CountingView view() throws IOException {
    Store store = closeLater(Store.openOrCreate(storePath));
    new Packer(store, PackOptions.defaults()).pack(source, ArtifactRef.parse("a"));
    ChunkCache cache = closeLater(new ChunkCache(4 << 20, 2));
    return new CountingView(closeLater(new StoreTree(store, cache, null, node)));
  }

  /** Where the artifact's tree is. */
  private Path mountDirect(CountingView view) throws IOException {
    Path mountpoint = newMountpoint();
    mount(view, mountpoint, MountOptions.defaults("snapfs-test").with("direct_io"));
    return mountpoint.resolve("a/latest");
  }

  private static Fd open(Path file) throws LinuxException {
    return Open.at(Fd.CWD, Names.of(file.toString()), Open.O_RDONLY);
  }

  private void assertRead(Fd file, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(length);
    FileIo.preadFully(file, buffer, offset);
    assertEquals(-1, buffer.flip().mismatch(ByteBuffer.wrap(content, offset, length)));
  }

  @Test
  void whatIsReadIsRight() throws Exception {
    Path file = mountDirect(view()).resolve("file");
    assertArrayEquals(content, Files.readAllBytes(file));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (Fd opened = open(file)) {
      for (int i = 0; i < 200; i++) {
        int offset = random.nextInt(SIZE);
        assertRead(opened, offset, Math.min(SIZE - offset, 1 + random.nextInt(3 * MIB)));
      }
      ByteBuffer buffer = ByteBuffer.allocateDirect(2 * PAGE);
      assertEquals(1, FileIo.pread(opened, buffer.clear(), SIZE - 1L));
      assertEquals(0, FileIo.pread(opened, buffer.clear(), SIZE));
      assertEquals(0, FileIo.pread(opened, buffer.clear(), SIZE + 5L * PAGE));
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  @Test
  void nothingIsKeptAndNothingIsReadThatNobodyAskedFor() throws Exception {
    CountingView view = view();
    Path file = mountDirect(view).resolve("file");
    try (Fd opened = open(file)) {
      assertRead(opened, 4 * MIB, 5);
      assertEquals(5, view.takeLongestRead());
      for (int i = 1; i <= 3; i++) {
        view.takeReads();
        assertRead(opened, 4 * MIB, PAGE);
        assertEquals(1, view.takeReads());
        assertEquals(PAGE, view.takeLongestRead());
      }
    }
  }

  @Test
  void largeReadsComeAsLargeRequests() throws Exception {
    CountingView view = view();
    Path file = mountDirect(view).resolve("file");
    try (Fd opened = open(file)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(4 * MIB + PAGE).alignedSlice(PAGE);
      view.takeReads();
      FileIo.preadFully(opened, buffer.limit(4 * MIB), 0);
      assertEquals(-1, buffer.flip().mismatch(ByteBuffer.wrap(content, 0, 4 * MIB)));
      assertEquals(longestRequest(), view.takeLongestRead());
      assertEquals(4 * MIB / longestRequest(), view.takeReads());
    }
  }

  @Test
  void filesCanBeMappedShared() throws Exception {
    assumeTrue(mapsShared(), "the kernel maps files with direct_io privately only");
    Path file = mountDirect(view()).resolve("file");
    Process child = killLater(ChildJvm.start(MappingChild.class, file.toString()));
    String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    assertEquals(sum, ChildJvm.readLine(child));
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  /** Whose pages the kernel maps privately. */
  @Test
  void programsCanBeRun() throws Exception {
    Files.copy(Path.of("/bin/echo"), source.resolve("echo"));
    source.resolve("echo").toFile().setExecutable(true);
    Path program = mountDirect(view()).resolve("echo");
    Process child = killLater(new ProcessBuilder(program.toString(), "runs").start());
    assertEquals("runs", ChildJvm.readLine(child));
    assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, child.exitValue());
  }

  @Test
  void materialisedFilesAreReadByTheMountItself() throws Exception {
    node = closeLater(NodeCache.open(temp.resolve("node"), 64L << 20));
    CountingView view = view();
    Path file = mountDirect(view).resolve("file");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
    while (node.stats().opened() == 0) {
      assertTrue(System.nanoTime() < deadline, "not materialised");
      assertArrayEquals(content, Files.readAllBytes(file));
    }
    view.takeReads();
    assertArrayEquals(content, Files.readAllBytes(file));
    assertNotEquals(0, view.takeReads());
  }

  @Test
  void listingsAreNotConcerned() throws Exception {
    Path tree = mountDirect(view());
    try (var listed = Files.list(tree)) {
      assertArrayEquals(new Object[] {tree.resolve("file")}, listed.toArray());
    }
  }
}
