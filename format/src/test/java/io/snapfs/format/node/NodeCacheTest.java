package io.snapfs.format.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.blob.SmallDisk;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.node.NodeCache.Outcome;
import io.snapfs.format.read.OpenFile;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NodeCacheTest {
  private static final int MIB = 1 << 20;
  private static final long LIMIT = 64L << 20;

  @TempDir private Path temp;
  private Path dir;
  private NodeFixture fixture;
  private byte[] content;
  private NodeCache cache;

  @BeforeEach
  void pack() throws IOException {
    dir = temp.resolve("node");
    content = NodeFixture.bytes(3 * MIB + 777, 1);
    fixture =
        new NodeFixture(temp)
            .add("a", content)
            .add("same", content)
            .add("b", NodeFixture.bytes(3 * MIB + 777, 2))
            .add("small", new byte[1000])
            .pack();
    cache = NodeCache.open(dir, LIMIT);
  }

  @AfterEach
  void close() throws IOException {
    cache.close();
    fixture.close();
  }

  private void reopen(long limit) throws IOException {
    cache.close();
    cache = NodeCache.open(dir, limit);
  }

  private Path file(String name) throws IOException {
    return dir.resolve("v1/files/" + fixture.key(name));
  }

  private Path record(String name) throws IOException {
    return dir.resolve("v1/records/" + fixture.key(name));
  }

  private void assertContent(String name, byte[] expected) throws IOException {
    try (NodeFile file = cache.acquire(fixture.key(name))) {
      assertNotNull(file, name);
      assertArrayEquals(expected, NodeFixture.read(file));
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> listed = Files.list(directory)) {
      return listed.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60), "still not: " + what);
      Thread.sleep(5);
    }
  }

  @Test
  void whatIsMaterialisedIsTheFileWithItsHoles() throws IOException {
    assertNull(cache.acquire(fixture.key("a")));
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
    assertContent("a", content);
    Stat stat = Stat.lstatAt(Fd.CWD, Names.of(file("a").toString()));
    assertTrue(stat.blocks() * 512 < content.length - content.length / 8, stat::toString);
    assertEquals(0400, stat.permissions());
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("v1"))));
    assertEquals(List.of(), names(dir.resolve("v1/filling")));
  }

  @Test
  void equalContentsAreOneFile() throws IOException {
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("same")));
    assertEquals(1, cache.stats().filled());
    assertContent("same", content);
  }

  /** Two workers of one process, each with another artifact's file. */
  @Test
  void whatWasMadeSinceItWasLookedForIsNotMadeAgain() throws IOException {
    FileSource first = fixture.source("a");
    FileSource same = fixture.source("same");
    AtomicInteger asked = new AtomicInteger();
    NodeFile[] open = new NodeFile[1];
    FileSource late =
        new FileSource() {
          @Override
          public Manifest manifest() {
            if (asked.incrementAndGet() == 2) { // looked for, and not begun yet
              try {
                assertEquals(Outcome.THERE, cache.materialize(first));
                open[0] = cache.acquire(fixture.key("a"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
            return same.manifest();
          }

          @Override
          public Node node() {
            return same.node();
          }

          @Override
          public String label() throws IOException {
            return same.label();
          }

          @Override
          public OpenFile open() throws IOException {
            return same.open();
          }
        };
    assertEquals(Outcome.THERE, cache.materialize(late));
    assertEquals(1, cache.stats().filled());
    try (NodeFile before = open[0];
        NodeFile now = cache.acquire(fixture.key("same"))) {
      assertNotNull(before, "the hook was not reached");
      assertSame(before, now);
    }
  }

  @Test
  void shortFilesAreNotWorthIt() throws IOException {
    assertEquals(Outcome.NOT_WORTHWHILE, cache.materialize(fixture.source("small")));
  }

  @Test
  void itSurvivesARestartAndIsCheckedBeforeUse() throws IOException {
    cache.materialize(fixture.source("a"));
    long ino = Stat.lstatAt(Fd.CWD, Names.of(file("a").toString())).ino();
    reopen(LIMIT);
    assertNull(cache.acquire(fixture.key("a")), "not yet checked");
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
    assertEquals(1, cache.stats().checked());
    assertEquals(0, cache.stats().filled());
    assertContent("a", content);
    assertEquals(ino, Stat.lstatAt(Fd.CWD, Names.of(file("a").toString())).ino());
  }

  @Test
  void twoProcessesShareAFile() throws IOException {
    cache.materialize(fixture.source("a"));
    try (NodeCache other = NodeCache.open(dir, LIMIT)) {
      assertEquals(Outcome.THERE, other.materialize(fixture.source("a")));
      assertEquals(0, other.stats().filled());
      try (NodeFile file = other.acquire(fixture.key("a"))) {
        assertArrayEquals(content, NodeFixture.read(file));
      }
    }
  }

  /** Writes one byte in the middle and sets the time of modification back. */
  private void alter(Path file) throws IOException {
    FileTime before = Files.getLastModifiedTime(file);
    assertTrue(file.toFile().setWritable(true));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (content[100] + 1)}), 100);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    Files.setLastModifiedTime(file, before);
  }

  @Test
  void anAlteredFileIsNotHandedOutAndMadeAnew() throws IOException {
    cache.materialize(fixture.source("a"));
    alter(file("a"));
    assertNull(cache.acquire(fixture.key("a")));
    assertEquals(1, cache.stats().discarded());
    assertFalse(Files.exists(file("a")));
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
    assertContent("a", content);
  }

  @Test
  void aFileAlteredBetweenTwoProcessesIsMadeAnew() throws IOException {
    cache.materialize(fixture.source("a"));
    cache.close();
    alter(file("a"));
    cache = NodeCache.open(dir, LIMIT);
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
    assertEquals(1, cache.stats().discarded());
    assertEquals(1, cache.stats().filled());
    assertContent("a", content);
  }

  @Test
  void aTruncatedFileIsMadeAnew() throws IOException {
    cache.materialize(fixture.source("a"));
    assertTrue(file("a").toFile().setWritable(true));
    try (FileChannel channel = FileChannel.open(file("a"), StandardOpenOption.WRITE)) {
      channel.truncate(MIB);
    }
    assertNull(cache.acquire(fixture.key("a")));
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
    assertContent("a", content);
  }

  @Test
  void whoHasAnAlteredFileOpenKnowsWhenAReadFallsShort() throws IOException {
    cache.materialize(fixture.source("a"));
    try (NodeFile file = cache.acquire(fixture.key("a"))) {
      assertTrue(this.file("a").toFile().setWritable(true));
      try (FileChannel channel = FileChannel.open(this.file("a"), StandardOpenOption.WRITE)) {
        channel.truncate(MIB);
      }
      ByteBuffer buffer = ByteBuffer.allocateDirect(MIB);
      long address = io.snapfs.linux.Addresses.of(buffer);
      assertTrue(file.read(0, MIB, address));
      assertFalse(file.read(MIB - 10, 20, address));
    }
  }

  /** Contents that bear the times of the record, as a disk that lies would have them. */
  @Test
  void blocksAreComparedWithTheRecord() throws IOException {
    cache.materialize(fixture.source("a"));
    cache.close();
    FileKey key = fixture.key("a");
    alter(file("a"));
    try (NodeDirectory directory = NodeDirectory.open(dir);
        Fd altered = directory.openFile(key)) {
      NodeRecord record = directory.record(key);
      NodeRecord lie =
          new NodeRecord(key, FileIdentity.of(Stat.fstat(altered)), record.sums(), record.label());
      CorruptException e =
          assertThrows(
              CorruptException.class,
              () -> Checking.check(altered, lie, Pace.unbound(bytes -> {})));
      assertEquals(0, e.offset());
      ByteBuffer bytes = lie.encode();
      byte[] encoded = new byte[bytes.capacity()];
      bytes.get(0, encoded);
      Files.write(record("a"), encoded);
    }
    cache = NodeCache.open(dir, LIMIT);
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
    assertEquals(1, cache.stats().discarded());
    assertContent("a", content);
  }

  @Test
  void aDamagedRecordCostsTheFile() throws IOException {
    cache.materialize(fixture.source("a"));
    byte[] whole = Files.readAllBytes(record("a"));
    for (int at = 0; at < whole.length; at += 7) {
      cache.close();
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      Files.write(record("a"), at % 2 == 0 ? damaged : java.util.Arrays.copyOf(whole, at));
      cache = NodeCache.open(dir, LIMIT);
      assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
      assertEquals(1, cache.stats().discarded(), "damage at " + at);
      assertContent("a", content);
      whole = Files.readAllBytes(record("a"));
    }
  }

  @Test
  void aStoreThatLiesAboutChunksFillsNothing() throws IOException {
    FileSource liar = fixture.source("a", "b");
    CorruptException e = assertThrows(CorruptException.class, () -> cache.materialize(liar));
    assertTrue(e.getMessage().contains("has the identity"), e::getMessage);
    assertEquals(List.of(), names(dir.resolve("v1/files")));
    assertEquals(List.of(), names(dir.resolve("v1/filling")));
  }

  @Test
  void leftoversOfKilledProcessesAreRemoved() throws IOException {
    Path filling = dir.resolve("v1/filling");
    Files.write(filling.resolve(fixture.key("a") + "." + content.length), new byte[5000]);
    Files.write(filling.resolve(fixture.key("b") + ".record"), new byte[10]);
    Files.write(filling.resolve("whatever"), new byte[10]);
    Files.write(file("b"), new byte[3 * MIB + 777]);
    Files.write(record("same"), new byte[10]);
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
    assertEquals(List.of(), names(filling));
    assertEquals(List.of(fixture.key("a").toString()), names(dir.resolve("v1/files")));
    assertContent("a", content);
  }

  @Test
  void whatAnotherProcessIsFillingIsLeftToIt() throws IOException {
    Path other = dir.resolve("v1/filling/" + fixture.key("a") + "." + content.length);
    Files.createFile(other);
    try (Fd fd = Open.at(Fd.CWD, Names.of(other.toString()), Open.O_RDWR)) {
      assertTrue(Flock.tryExclusive(fd));
      assertEquals(Outcome.BUSY, cache.materialize(fixture.source("a")));
      reopen(content.length + MIB);
      assertEquals(Outcome.NO_ROOM, cache.materialize(fixture.source("b")), "it is announced");
    }
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
  }

  private void makeOld(String name) throws IOException {
    FileTime old = FileTime.fromMillis(System.currentTimeMillis() - TimeUnit.HOURS.toMillis(1));
    Files.setLastModifiedTime(record(name), old);
  }

  @Test
  void theLeastRecentlyUsedMakesRoom() throws IOException {
    reopen(content.length + MIB);
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
    assertEquals(Outcome.NO_ROOM, cache.materialize(fixture.source("b")), "a is young");
    makeOld("a");
    try (NodeFile used = cache.acquire(fixture.key("a"))) {
      makeOld("a");
      assertEquals(Outcome.NO_ROOM, cache.materialize(fixture.source("b")), "a is in use");
      assertArrayEquals(content, NodeFixture.read(used));
    }
    assertEquals(Outcome.THERE, cache.materialize(fixture.source("b")));
    assertEquals(1, cache.stats().evicted());
    assertNull(cache.acquire(fixture.key("a")));
    assertEquals(0, cache.stats().discarded(), "to be evicted is no damage");
    reopen(MIB);
    assertEquals(Outcome.NO_ROOM, cache.materialize(fixture.source("a")), "larger than the limit");
    assertTrue(Files.exists(file("b")), "nothing goes in vain");
  }

  @Test
  void aUseIsSeenByOtherProcesses() throws IOException {
    cache.materialize(fixture.source("a"));
    makeOld("a");
    reopen(LIMIT);
    cache.materialize(fixture.source("a"));
    assertContent("a", content);
    FileTime used = Files.getLastModifiedTime(record("a"));
    assertTrue(
        used.toMillis() > System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(1),
        used::toString);
  }

  @Test
  void usersShareADescriptorAndGoOnWhenTheFileIsCleared() throws IOException {
    cache.materialize(fixture.source("a"));
    FileKey key = fixture.key("a");
    try (NodeFile first = cache.acquire(key)) {
      try (NodeFile second = cache.acquire(key)) {
        assertSame(first.fd(), second.fd());
      }
      assertEquals(true, NodeContents.list(dir).get(0).inUse());
      assertEquals(1, NodeContents.clear(dir).files());
      try (NodeFile beside = cache.acquire(key)) {
        assertSame(first.fd(), beside.fd());
        assertArrayEquals(content, NodeFixture.read(beside));
      }
    }
    assertNull(cache.acquire(key));
    try (NodeFile none = cache.acquire(key)) {
      assertNull(none);
      assertEquals(Outcome.THERE, cache.materialize(fixture.source("a")));
      assertContent("a", content);
    }
    assertEquals(false, NodeContents.list(dir).get(0).inUse());
    assertEquals(0, cache.stats().discarded());
  }

  @Test
  void hotFilesAreMaterialisedInTheBackground() throws Exception {
    HotFile hot = cache.watch(fixture.source("a"));
    assertNull(hot.opened());
    assertNull(hot.opened(), "at once never");
    await("materialised", () -> cache.stats().filled() == 1);
    await("handed out", () -> opens(hot));
  }

  private static boolean opens(HotFile hot) {
    try (NodeFile file = hot.opened()) {
      return file != null;
    }
  }

  @Test
  void whatIsReadOnceIsHotToo() throws Exception {
    HotFile hot = cache.watch(fixture.source("a"));
    assertNull(hot.opened());
    hot.read(MIB);
    hot.read(MIB);
    await("materialised", () -> cache.stats().filled() == 1);
  }

  @Test
  void whatIsThereIsCheckedWhenItIsFirstOpened() throws Exception {
    cache.materialize(fixture.source("a"));
    reopen(LIMIT);
    HotFile hot = cache.watch(fixture.source("a"));
    assertNull(hot.opened());
    await("checked", () -> cache.stats().checked() == 1);
    await("handed out", () -> opens(hot));
  }

  @Test
  void aFullDiskCostsOneLineAndNothingElse() throws Exception {
    Path small = Files.createDirectory(temp.resolve("small"));
    try (SmallDisk disk = new SmallDisk(small, 4 * MIB);
        NodeCache full = NodeCache.open(disk.directory().resolve("node"), LIMIT)) {
      Files.write(small.resolve("ballast"), new byte[2 * MIB]);
      assertEquals(Outcome.NO_ROOM, full.materialize(fixture.source("a")));
      Files.delete(small.resolve("ballast"));
      assertEquals(Outcome.THERE, full.materialize(fixture.source("a")));
    }
  }

  @Test
  void aReadOnlyDirectoryIsRefusedAndLeftAlone() throws Exception {
    Path small = Files.createDirectory(temp.resolve("small"));
    try (SmallDisk disk = new SmallDisk(small, 16 * MIB)) {
      try (NodeCache full = NodeCache.open(small.resolve("node"), LIMIT)) {
        assertEquals(Outcome.THERE, full.materialize(fixture.source("a")));
        disk.remount("ro");
        assertThrows(SnapfsException.class, () -> full.materialize(fixture.source("b")));
        try (NodeFile still = full.acquire(fixture.key("a"))) {
          assertArrayEquals(content, NodeFixture.read(still));
        }
      }
      SnapfsException e =
          assertThrows(SnapfsException.class, () -> NodeCache.open(small.resolve("node"), LIMIT));
      assertTrue(e.getMessage().contains("EROFS"), e::getMessage);
    }
  }

  @Test
  void aDirectoryThatGoesAwayIsLeftAlone() throws Exception {
    cache.materialize(fixture.source("a"));
    try (Stream<Path> walked = Files.walk(dir)) {
      for (Path path : walked.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    assertNull(cache.acquire(fixture.key("a")));
    assertThrows(SnapfsException.class, () -> cache.materialize(fixture.source("b")));
    HotFile hot = cache.watch(fixture.source("b"));
    assertNull(hot.opened());
    assertNull(hot.opened());
  }

  @Test
  void aDirectoryThatOthersMayEnterIsRefused() throws Exception {
    Files.setPosixFilePermissions(dir.resolve("v1"), PosixFilePermissions.fromString("rwxr-xr-x"));
    SnapfsException e = assertThrows(SnapfsException.class, () -> NodeCache.open(dir, LIMIT));
    assertTrue(e.getMessage().contains("0755"), e::getMessage);
    assertTrue(e.getMessage().contains("0700"), e::getMessage);
  }

  @Test
  void onlyOurDirectoriesAreListedAndCleared() throws Exception {
    assertThrows(MissingException.class, () -> NodeContents.list(temp));
    assertThrows(MissingException.class, () -> NodeContents.clear(temp.resolve("no")));
    Files.createDirectories(temp.resolve("foreign/v1/files"));
    assertThrows(MissingException.class, () -> NodeContents.clear(temp.resolve("foreign")));
  }

  @Test
  void theListSaysWhatThereIs() throws Exception {
    cache.materialize(fixture.source("a"));
    cache.materialize(fixture.source("b"));
    makeOld("a");
    List<NodeContents.Entry> entries = NodeContents.list(dir);
    assertEquals(
        List.of("test:latest b", "test:latest a"),
        entries.stream().map(NodeContents.Entry::label).toList());
    assertEquals(content.length, entries.get(1).length());
    assertTrue(entries.get(1).allocatedBytes() < content.length);
    assertNull(entries.get(0).damage());
    alter(file("b"));
    assertEquals("it was altered", NodeContents.list(dir).get(0).damage());
  }

  @Test
  void theDefaultLimitIsAShareOfWhatIsFree() throws Exception {
    Path small = Files.createDirectory(temp.resolve("small"));
    try (SmallDisk disk = new SmallDisk(small, 16 * MIB);
        NodeCache limited = NodeCache.open(disk.directory(), NodeCache.DEFAULT_LIMIT)) {
      assertTrue(limited.limit() > 7 * MIB && limited.limit() <= 8 * MIB, "" + limited.limit());
      assertEquals(Outcome.THERE, limited.materialize(fixture.source("a")));
      try (NodeCache again = NodeCache.open(small, NodeCache.DEFAULT_LIMIT)) {
        assertTrue(again.limit() > 7 * MIB, "what it takes itself counts as free");
      }
    }
  }
}
