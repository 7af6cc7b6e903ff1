package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Progress;
import io.snapfs.format.blob.FaultyBlobStore;
import io.snapfs.format.blob.LocalBlobStore;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Gc;
import io.snapfs.format.store.GcReport;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.linux.Attributes;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Processes;
import io.snapfs.linux.Stat;
import io.snapfs.linux.StatFs;
import io.snapfs.linux.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
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
import org.junit.jupiter.api.function.Executable;

/** A store through a real mount, with real system calls, on every transport. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class TransportConformanceTest extends MountTestBase {
  /** Fewer bytes than the trees have, so that chunks are evicted and read again. */
  private static final long SMALL_CACHE = 4 << 20;

  /** A second on an idle machine; what runs the tests may be a busy one. */
  private static final long SEEN_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(20);

  private Path storePath;
  private Store store;
  private Path mountpoint;
  private Mount mount;

  @BeforeEach
  final void mountStore() throws IOException {
    storePath = temp.resolve("store");
    store = closeLater(Store.openOrCreate(storePath));
    ChunkCache cache = closeLater(new ChunkCache(SMALL_CACHE, 2));
    StoreTree tree = closeLater(new StoreTree(store, cache));
    mountpoint = newMountpoint();
    mount = mount(tree, mountpoint);
  }

  private void pack(Path source, String ref) throws IOException {
    new Packer(store, PackOptions.defaults()).pack(source, ArtifactRef.parse(ref));
  }

  /** A directory with one file. */
  private Path source(String file, byte[] content) throws IOException {
    Path directory = Files.createTempDirectory(temp, "source");
    Files.write(directory.resolve(file), content);
    return directory;
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private Path in(String path) {
    return mountpoint.resolve(path);
  }

  private static void assumeRoot() {
    assumeTrue(Processes.effectiveUid() == 0, "needs root");
  }

  private static void assertErrno(int errno, Executable call) {
    LinuxException e = assertThrows(LinuxException.class, call);
    assertEquals(Errno.name(errno), Errno.name(e.errno()), e::getMessage);
  }

  private static Fd open(Path file) throws LinuxException {
    return Open.at(Fd.CWD, Names.of(file.toString()), Open.O_RDONLY);
  }

  private static byte[] read(Fd file, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(length);
    FileIo.preadFully(file, buffer, offset);
    byte[] bytes = new byte[length];
    buffer.get(0, bytes);
    return bytes;
  }

  @Test
  void aTreeIsShownWhole() throws Exception {
    assumeRoot();
    Path source = Files.createTempDirectory(temp, "source");
    SourceTree.make(source, 1);
    pack(source, "whole");
    assertEquals(List.of(), TreeComparison.differences(source, in("whole/latest")));
  }

  @Test
  void aTreeIsShownWholeUnderAnyLocale() throws Exception {
    assumeRoot();
    Path source = Files.createTempDirectory(temp, "source");
    SourceTree.make(source, 2);
    pack(source, "whole:v1.2");
    Path other = newMountpoint();
    Process child =
        killLater(
            ChildJvm.start(
                MountedChild.class, transport().name(), other.toString(), storePath.toString()));
    assertEquals("mounted", ChildJvm.readLine(child));
    assertEquals(List.of(), TreeComparison.differences(source, other.resolve("whole/v1.2")));
    Processes.kill((int) child.pid(), Processes.SIGTERM);
    assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, child.exitValue());
  }

  @Test
  void sparseFilesAreSparse() throws Exception {
    assumeRoot();
    Path source = Files.createTempDirectory(temp, "source");
    SourceTree.make(source, 3);
    pack(source, "sparse");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path copy = in("sparse/latest/" + SourceTree.SPARSE);
    try (Fd a = open(source.resolve(SourceTree.SPARSE));
        Fd b = open(copy)) {
      assertEquals(SourceTree.SPARSE_SIZE, Stat.fstat(b).size());
      assertEquals(SourceTree.SPARSE_DATA.length * 8L, Stat.fstat(b).blocks());
      for (int i = 0; i < 300; i++) {
        long near = SourceTree.SPARSE_DATA[random.nextInt(SourceTree.SPARSE_DATA.length)];
        long from = i % 2 == 0 ? near - random.nextInt(20_000) : random.nextLong(1L << 40);
        int length = 1 + random.nextInt(30_000);
        long offset = Math.max(0, Math.min(from, SourceTree.SPARSE_SIZE - length));
        assertArrayEquals(
            read(a, offset, length),
            read(b, offset, length),
            () -> "at " + offset + ", seed " + seed);
      }
    }
  }

  @Test
  void manyReadersGetWhatIsThere() throws Exception {
    byte[] content = random(12 * 1024 * 1024 + 77, 4);
    pack(source("file", content), "parallel");
    long seed = System.nanoTime();
    ExecutorService readers = Executors.newFixedThreadPool(8);
    try {
      List<Future<Void>> results = new ArrayList<>();
      for (int reader = 0; reader < 8; reader++) {
        results.add(readers.submit(randomReads(content, new Random(seed + reader), seed)));
      }
      for (Future<Void> result : results) {
        result.get();
      }
    } finally {
      readers.shutdownNow();
    }
  }

  private Callable<Void> randomReads(byte[] content, Random random, long seed) {
    return () -> {
      try (Fd file = open(in("parallel/latest/file"))) {
        for (int i = 0; i < 200; i++) {
          int offset = random.nextInt(content.length);
          int length = Math.min(content.length - offset, 1 + random.nextInt(400_000));
          byte[] actual = read(file, offset, length);
          for (int at = 0; at < length; at++) {
            if (actual[at] != content[offset + at]) {
              throw new AssertionError("byte " + (offset + at) + " is wrong, seed " + seed);
            }
          }
        }
      }
      return null;
    };
  }

  @Test
  void readsEndAtTheEndOfTheFile() throws Exception {
    byte[] content = random(300_001, 5);
    pack(source("file", content), "end");
    try (Fd file = open(in("end/latest/file"))) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(400_000);
      assertEquals(1, FileIo.pread(file, buffer.clear(), 300_000));
      assertEquals(0, FileIo.pread(file, buffer.clear(), 300_001));
      assertEquals(0, FileIo.pread(file, buffer.clear(), 1L << 50));
      assertEquals(300_001, FileIo.pread(file, buffer.clear(), 0));
    }
  }

  @Test
  void filesCanBeReadPastThePageCache() throws Exception {
    byte[] content = random(3 << 20, 6);
    pack(source("file", content), "direct");
    try (Fd file =
        Open.at(
            Fd.CWD, Names.of(in("direct/latest/file").toString()), Open.O_RDONLY | Open.O_DIRECT)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect((2 << 20) + 4096).alignedSlice(4096);
      buffer.limit(2 << 20);
      FileIo.preadFully(file, buffer, 1 << 20);
      assertEquals(-1, buffer.flip().mismatch(ByteBuffer.wrap(content, 1 << 20, 2 << 20)));
    }
  }

  @Test
  void filesCanBeMapped() throws Exception {
    byte[] content = random(5_000_000, 7);
    pack(source("file", content), "mapped");
    Process child =
        killLater(ChildJvm.start(MappingChild.class, in("mapped/latest/file").toString()));
    String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    assertEquals(sum, ChildJvm.readLine(child));
  }

  @Test
  void thousandsOfFilesCanBeOpen() throws Exception {
    pack(source("file", random(10_000, 8)), "open");
    List<Fd> files = new ArrayList<>();
    try {
      for (int i = 0; i < 2000; i++) {
        files.add(open(in("open/latest/file")));
      }
      assertArrayEquals(random(10_000, 8), read(files.get(1999), 0, 10_000));
      assertArrayEquals(random(10_000, 8), read(files.get(0), 0, 10_000));
    } finally {
      files.forEach(Fd::close);
    }
  }

  @Test
  void artifactsAppearAndVanishWithinASecond() throws Exception {
    assertEquals(List.of(), names(mountpoint));
    assertFalse(Files.exists(in("a")));
    pack(source("file", random(100, 9)), "a");
    awaitSeen(() -> Files.exists(in("a/latest/file")));
    assertEquals(List.of("a"), names(mountpoint));
    pack(source("file", random(100, 9)), "a:second");
    awaitSeen(() -> Files.exists(in("a/second/file")));
    assertEquals(List.of("latest", "second"), names(in("a")));
    awaitSeen(() -> Stat.statAt(Fd.CWD, Names.of(in("a").toString())).nlink() == 4);
    store.remove(ArtifactRef.parse("a"));
    awaitSeen(() -> !Files.exists(in("a/latest/file")));
    store.remove(ArtifactRef.parse("a:second"));
    awaitSeen(() -> !Files.exists(in("a")));
    assertEquals(List.of(), names(mountpoint));
  }

  private static void awaitSeen(Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    boolean late = false;
    // One look after the time is over: that one must see it.
    while (!condition.call()) {
      assertFalse(late, "still not seen");
      late = System.nanoTime() - start > SEEN_WITHIN_NANOS;
      Thread.sleep(20);
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> listed = Files.list(directory)) {
      return listed.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void openFilesReadOnAfterTheirArtifactIsGone() throws Exception {
    byte[] content = random(10 << 20, 10);
    pack(source("file", content), "gone");
    try (Fd file = open(in("gone/latest/file"));
        Fd directory = Open.directory(Fd.CWD, Names.of(in("gone/latest").toString()))) {
      assertArrayEquals(new byte[] {content[0]}, read(file, 0, 1));
      store.remove(ArtifactRef.parse("gone"));
      GcReport report = Gc.run(store, false, Progress.NONE);
      assertTrue(Files.exists(storePath), report::toString);
      awaitSeen(() -> !Files.exists(in("gone")));
      assertArrayEquals(content, read(file, 0, content.length));
      try (Fd through = Open.at(directory, Names.of("file"), Open.O_RDONLY)) {
        assertArrayEquals(content, read(through, 0, content.length));
      }
    }
    awaitPacksClosed();
  }

  /** What gc deleted takes space as long as this process has it open. */
  private void awaitPacksClosed() throws Exception {
    long start = System.nanoTime();
    while (holdsDeletedPack()) {
      assertTrue(
          System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60), "a deleted pack stays open");
      Thread.sleep(100);
    }
  }

  private boolean holdsDeletedPack() throws IOException {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      return fds.anyMatch(
          fd -> {
            try {
              String target = Files.readSymbolicLink(fd).toString();
              return target.contains(storePath.toString()) && target.endsWith("(deleted)");
            } catch (IOException e) {
              return false; // closed meanwhile
            }
          });
    }
  }

  @Test
  void anArtifactPublishedAgainIsNeverStale() throws Exception {
    byte[] first = random(600_000, 11);
    byte[] second = random(600_000, 12);
    FileTime time = FileTime.fromMillis(1_000_000_000_000L);
    Path a = source("file", first);
    Path b = source("file", second);
    for (Path source : List.of(a, b)) {
      Files.setLastModifiedTime(source.resolve("file"), time);
      Files.setLastModifiedTime(source, time);
    }
    pack(a, "again");
    try (Fd old = open(in("again/latest/file"))) {
      assertArrayEquals(first, read(old, 0, first.length));
      store.remove(ArtifactRef.parse("again"));
      pack(b, "again");
      awaitSeen(
          () ->
              Stat.statAt(Fd.CWD, Names.of(in("again/latest/file").toString())).ino()
                  != Stat.fstat(old).ino());
      assertArrayEquals(second, Files.readAllBytes(in("again/latest/file")));
      assertArrayEquals(first, read(old, 0, first.length));
    }
    assertArrayEquals(second, Files.readAllBytes(in("again/latest/file")));
  }

  @Test
  void gcGoesUnnoticed() throws Exception {
    byte[] shared = random(4 << 20, 13);
    Path both = source("shared", shared);
    Files.write(both.resolve("dropped"), random(4 << 20, 14));
    pack(both, "both");
    pack(source("shared", shared), "kept");
    Path file = in("kept/latest/shared");
    long ino = Stat.statAt(Fd.CWD, Names.of(file.toString())).ino();
    try (Fd open = open(file)) {
      store.remove(ArtifactRef.parse("both"));
      GcReport report = Gc.run(store, false, Progress.NONE);
      awaitSeen(() -> !Files.exists(in("both")));
      assertArrayEquals(shared, read(open, 0, shared.length), report::toString);
      assertEquals(ino, Stat.statAt(Fd.CWD, Names.of(file.toString())).ino());
    }
    try (Fd direct = Open.at(Fd.CWD, Names.of(file.toString()), Open.O_RDONLY | Open.O_DIRECT)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(shared.length + 4096).alignedSlice(4096);
      FileIo.preadFully(direct, buffer.limit(shared.length), 0);
      assertEquals(-1, buffer.flip().mismatch(ByteBuffer.wrap(shared)));
    }
    awaitPacksClosed();
  }

  @Test
  void aDamagedChunkIsAnErrorAndALine() throws Exception {
    Path source = source("bad", random(40_000, 15));
    Files.write(source.resolve("good"), random(40_000, 16));
    pack(source, "damaged");
    Path pack = onlyFileBelow(storePath.resolve("packs"));
    damage(pack, indexOf(Files.readAllBytes(pack), random(40_000, 15)) + 20_000);
    try (LogCapture log = new LogCapture()) {
      for (int i = 0; i < 3; i++) {
        try (Fd bad = open(in("damaged/latest/bad"))) {
          assertErrno(Errno.EIO, () -> read(bad, 0, 40_000));
        }
      }
      assertArrayEquals(random(40_000, 16), Files.readAllBytes(in("damaged/latest/good")));
      assertEquals(1, log.lines().size(), () -> log.lines().toString());
      String line = log.lines().get(0);
      assertTrue(line.contains(pack.getFileName().toString()), line);
      assertTrue(line.contains("at offset 128 "), line);
      assertTrue(line.contains("file bad of artifact damaged:latest"), line);
    }
  }

  @Test
  void aDamagedManifestIsAnErrorForItsArtifactOnly() throws Exception {
    pack(source("file", random(1000, 17)), "good");
    pack(source("file", random(2000, 18)), "bad");
    damage(storePath.resolve("artifacts/bad/latest.manifest"), 40);
    try (LogCapture log = new LogCapture()) {
      awaitSeen(() -> names(mountpoint).contains("bad"));
      assertEquals(List.of("latest"), names(in("bad")));
      for (int i = 0; i < 3; i++) {
        assertErrno(Errno.EIO, () -> open(in("bad/latest")).close());
      }
      assertArrayEquals(random(1000, 17), Files.readAllBytes(in("good/latest/file")));
      assertEquals(1, log.lines().size(), () -> log.lines().toString());
      assertTrue(log.lines().get(0).contains("latest.manifest"), log.lines().get(0));
    }
  }

  @Test
  void aLostPackIsAnErrorUntilItIsBack() throws Exception {
    byte[] content = random(50_000, 19);
    pack(source("file", content), "lost");
    Path pack = onlyFileBelow(storePath.resolve("packs"));
    Path aside = temp.resolve("aside");
    Files.move(pack, aside);
    try (LogCapture log = new LogCapture()) {
      assertEquals(List.of("file"), names(in("lost/latest")));
      assertErrno(Errno.EIO, () -> open(in("lost/latest/file")).close());
      assertFalse(log.lines().isEmpty());
      assertTrue(log.lines().get(0).contains(pack.getFileName().toString()), log.lines()::toString);
    }
    Files.move(aside, pack);
    assertArrayEquals(content, Files.readAllBytes(in("lost/latest/file")));
  }

  @Test
  void aFailingStoreIsAnErrorOrTheTruth() throws Exception {
    byte[] content = random(3 << 20, 26);
    pack(source("file", content), "faulty");
    long seed = System.nanoTime();
    LocalBlobStore local = closeLater(new LocalBlobStore(storePath));
    FaultyBlobStore blobs = new FaultyBlobStore(local, seed);
    Path faulty = newMountpoint();
    try (Store overFaults = Store.of(blobs);
        ChunkCache cache = new ChunkCache(1 << 20, 2);
        StoreTree tree = new StoreTree(overFaults, cache);
        Mount faultyMount = mount(tree, faulty);
        LogCapture log = new LogCapture()) {
      blobs.setFaultShare(0.2);
      Path file = faulty.resolve("faulty/latest/file");
      int truths = 0;
      for (int i = 0; i < 300; i++) {
        truths += isReadRight(file, content, new Random(seed + i)) ? 1 : 0;
      }
      assertNotEquals(0, truths, () -> "seed " + seed + ", log " + log.lines());
      assertNotEquals(0, blobs.injected(), () -> "seed " + seed);
      blobs.setFaultShare(0);
      assertArrayEquals(content, Files.readAllBytes(file), faultyMount::toString);
    }
    blobs.checkAllClosed();
  }

  /** False if it failed as it may; wrong bytes fail the test. */
  private static boolean isReadRight(Path path, byte[] content, Random random) throws IOException {
    int offset = random.nextInt(content.length - 9000) & -4096;
    try (Fd file = Open.at(Fd.CWD, Names.of(path.toString()), Open.O_RDONLY | Open.O_DIRECT)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(8192 + 4096).alignedSlice(4096).limit(8192);
      FileIo.preadFully(file, buffer, offset);
      assertEquals(-1, buffer.flip().mismatch(ByteBuffer.wrap(content, offset, 8192)));
      return true;
    } catch (LinuxException e) {
      assertEquals(Errno.EIO, e.errno(), e::getMessage);
      return false;
    }
  }

  private static Path onlyFileBelow(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      List<Path> files = walk.filter(Files::isRegularFile).toList();
      assertEquals(1, files.size(), files::toString);
      return files.get(0);
    }
  }

  private static int indexOf(byte[] haystack, byte[] needle) {
    for (int at = 0; at + needle.length <= haystack.length; at++) {
      if (ByteBuffer.wrap(haystack, at, needle.length).equals(ByteBuffer.wrap(needle))) {
        return at;
      }
    }
    throw new AssertionError("random bytes are expected to be stored raw");
  }

  private static void damage(Path file, long offset) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, offset);
      channel.write(one.put(0, (byte) (one.get(0) ^ 0x40)).flip(), offset);
    }
  }

  @Test
  void nothingCanBeWritten() throws Exception {
    pack(source("file", random(100, 20)), "fixed");
    awaitSeen(() -> Files.exists(in("fixed/latest/file")));
    byte[] file = Names.of("file");
    byte[] other = Names.of("other");
    try (Fd d = Open.directory(Fd.CWD, Names.of(in("fixed/latest").toString()))) {
      assertErrno(Errno.EROFS, () -> Open.at(d, file, Open.O_RDWR));
      assertErrno(Errno.EROFS, () -> Open.at(d, file, Open.O_RDONLY | Open.O_TRUNC));
      assertErrno(Errno.EROFS, () -> Open.at(d, other, Open.O_WRONLY | Open.O_CREAT, 0600));
      assertErrno(Errno.EROFS, () -> Entries.mkdir(d, other, 0700));
      assertErrno(Errno.EROFS, () -> Entries.unlink(d, file));
      assertErrno(Errno.EROFS, () -> Entries.rename(d, file, d, other));
      assertErrno(Errno.EROFS, () -> Entries.link(d, file, d, other));
      assertErrno(Errno.EROFS, () -> Entries.symlink(other, d, other));
      assertErrno(Errno.EROFS, () -> Attributes.chmod(d, 0700));
      assertErrno(Errno.EROFS, () -> Attributes.setTimes(d, 1, 1, 1, 1));
      assertErrno(Errno.EROFS, () -> Xattrs.set(d, Names.of("user.x"), file, 0));
    }
  }

  @Test
  void namesThatAreNotThere() throws Exception {
    pack(source("file", random(100, 21)), "there");
    for (String absent : List.of("x", "there/x", "there/latest/x", "there/latest/.file", "..x")) {
      assertErrno(Errno.ENOENT, () -> open(in(absent)).close());
      assertErrno(Errno.ENOENT, () -> open(in(absent)).close());
    }
    assertErrno(Errno.ENOTDIR, () -> open(in("there/latest/file/x")).close());
    assertErrno(Errno.ENAMETOOLONG, () -> open(in("there/latest/" + "n".repeat(256))).close());
    assertErrno(
        Errno.ENODATA, () -> Xattrs.get(Names.of(in("there").toString()), Names.of("user.x")));
    assertErrno(
        Errno.ENODATA,
        () -> Xattrs.get(Names.of(in("there/latest/file").toString()), Names.of("user.x")));
  }

  @Test
  void statfsTellsWhatTheStoreTakes() throws Exception {
    pack(source("file", random(3 << 20, 22)), "size");
    StatFs statfs = StatFs.of(Names.of(mountpoint.toString()));
    long packed = Files.size(onlyFileBelow(storePath.resolve("packs")));
    assertEquals(StatFs.FUSE_MAGIC, statfs.type());
    assertEquals((packed + 4095) / 4096, statfs.blocks());
    assertEquals(4096, statfs.blockSize());
    assertEquals(0, statfs.freeBlocks());
    assertEquals(0, statfs.availableBlocks());
    assertEquals(255, statfs.nameLength());
  }

  @Test
  void listingsHaveDotsAndInodeNumbers() throws Exception {
    Path source = source("file", random(100, 23));
    Files.createDirectory(source.resolve("sub"));
    pack(source, "dots");
    for (String path : List.of("", "dots", "dots/latest", "dots/latest/sub")) {
      Process ls = new ProcessBuilder("ls", "-a", in(path).toString()).start();
      List<String> lines =
          new String(ls.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .lines()
              .toList();
      assertEquals(List.of(".", ".."), lines.subList(0, 2), path);
      assertNotEquals(0, Stat.statAt(Fd.CWD, Names.of(in(path).toString())).ino());
    }
  }

  @Test
  void othersSeeWhatThePermissionsAllow() throws Exception {
    assumeRoot();
    Path source = source("public", random(10, 24));
    Files.write(source.resolve("private"), random(10, 24));
    Files.setPosixFilePermissions(
        source.resolve("private"), PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwxr-xr-x"));
    pack(source, "permissions");
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(
        mountpoint.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertFalse(othersCanRead("permissions/latest/public"));
    mount.unmount();
    ChunkCache cache = closeLater(new ChunkCache(SMALL_CACHE, 1));
    StoreTree tree = closeLater(new StoreTree(store, cache));
    closeLater(
        Mount.start(
            tree,
            mountpoint,
            MountOptions.defaults("snapfs-test").with("allow_other"),
            transport()));
    assertTrue(othersCanRead("permissions/latest/public"));
    assertFalse(othersCanRead("permissions/latest/private"));
  }

  private boolean othersCanRead(String path) throws Exception {
    return new ProcessBuilder(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "cat",
                in(path).toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  @Test
  void nothingIsLeftOpen() throws Exception {
    pack(source("file", random(1 << 20, 25)), "closed");
    assertEquals(1 << 20, Files.readAllBytes(in("closed/latest/file")).length);
    tearDown();
    assertNothingLeft();
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      assertEquals(
          List.of(),
          fds.map(TransportConformanceTest::target)
              .filter(target -> target.contains(storePath.toString()))
              .toList());
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }
}
