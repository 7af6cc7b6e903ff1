package io.snapfs.format.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobWriter.IfExists;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link BlobStore} must do. A subclass names the store. */
public abstract class BlobStoreConformance {
  private static final PackId PACK = new PackId(0x1122, 0x3344);

  private BlobStore store;

  /** An empty store; closed by the suite. */
  protected abstract BlobStore newStore() throws IOException;

  @BeforeEach
  void openStore() throws IOException {
    store = newStore();
  }

  @AfterEach
  void closeStore() throws IOException {
    store.close();
  }

  protected final BlobStore store() {
    return store;
  }

  @Test
  void readsBackWhatWasWritten() throws IOException {
    byte[] bytes = random(3_000_000);
    publish("packs/ab/x.pack", bytes);
    try (BlobReader reader = store.open("packs/ab/x.pack")) {
      assertEquals(bytes.length, reader.length());
      assertArrayEquals(bytes, read(reader, 0, bytes.length));
      assertArrayEquals(Arrays.copyOfRange(bytes, 77, 1234), read(reader, 77, 1157));
      assertArrayEquals(new byte[0], read(reader, bytes.length, 0));
    }
  }

  @Test
  void gathersWritesOfAllSizesFromAllKindsOfBuffers() throws IOException {
    byte[] bytes = random(2_000_000);
    Random sizes = new Random(7);
    try (WriteSession session = store.beginWrite();
        BlobWriter writer = session.create("x")) {
      for (int at = 0; at < bytes.length; ) {
        int bound = sizes.nextBoolean() ? 100 : 600_000;
        int length = Math.min(bytes.length - at, sizes.nextInt(bound));
        ByteBuffer source = ByteBuffer.wrap(bytes, at, length);
        if (sizes.nextBoolean()) {
          source = ByteBuffer.allocateDirect(length).put(source).flip();
        }
        writer.write(source);
        assertFalse(source.hasRemaining());
        at += length;
        assertEquals(at, writer.length());
      }
      writer.publish(IfExists.FAIL);
    }
    assertArrayEquals(bytes, content("x"));
  }

  @Test
  void isInvisibleUntilPublished() throws IOException {
    try (WriteSession session = store.beginWrite();
        BlobWriter writer = session.create("artifacts/a/b.manifest")) {
      writer.write(ByteBuffer.wrap(random(100)));
      assertFalse(store.exists("artifacts/a/b.manifest"));
      assertEquals(Set.of(), keys("artifacts/"));
      writer.publish(IfExists.FAIL);
      assertTrue(store.exists("artifacts/a/b.manifest"));
      assertEquals(Set.of("artifacts/a/b.manifest"), keys("artifacts/"));
      assertThrows(IllegalStateException.class, () -> writer.write(ByteBuffer.allocate(1)));
      assertThrows(IllegalStateException.class, () -> writer.publish(IfExists.FAIL));
    }
    assertTrue(store.exists("artifacts/a/b.manifest"));
  }

  @Test
  void closingAWriterDiscards() throws IOException {
    try (WriteSession session = store.beginWrite()) {
      BlobWriter writer = session.create("x");
      writer.write(ByteBuffer.wrap(random(100)));
      writer.close();
      writer.close();
      assertThrows(IllegalStateException.class, () -> writer.publish(IfExists.FAIL));
    }
    assertFalse(store.exists("x"));
  }

  @Test
  void closingASessionDiscardsAndEndsIt() throws IOException {
    WriteSession session = store.beginWrite();
    BlobWriter writer = session.create("x");
    writer.write(ByteBuffer.wrap(random(100)));
    Path scratch = session.scratch();
    Files.writeString(scratch.resolve("left"), "behind");
    session.close();
    session.close();
    writer.close();
    assertFalse(store.exists("x"));
    assertFalse(Files.exists(scratch));
    assertThrows(IllegalStateException.class, () -> session.create("y"));
    assertThrows(IllegalStateException.class, () -> session.pinOwn(PACK));
  }

  @Test
  void emptyBlobs() throws IOException {
    publish("x", new byte[0]);
    assertArrayEquals(new byte[0], content("x"));
    try (BlobReader reader = store.open("x")) {
      assertEquals(0, reader.map().remaining());
    }
  }

  @Test
  void aTakenKeyIsKept() throws IOException {
    publish("x", new byte[] {1});
    try (WriteSession session = store.beginWrite();
        BlobWriter writer = session.create("x")) {
      writer.write(ByteBuffer.wrap(new byte[] {2}));
      AlreadyExistsException e =
          assertThrows(AlreadyExistsException.class, () -> writer.publish(IfExists.FAIL));
      assertTrue(e.getMessage().contains(store.describe("x")), e.getMessage());
    }
    assertArrayEquals(new byte[] {1}, content("x"));
  }

  @Test
  void replaces() throws IOException {
    publish("x", new byte[] {1});
    try (WriteSession session = store.beginWrite();
        BlobWriter writer = session.create("x");
        BlobReader old = store.open("x");
        SweepLock sweep = store.lockForSweep()) {
      assertNotNull(sweep);
      writer.write(ByteBuffer.wrap(new byte[] {2, 3}));
      writer.publish(IfExists.REPLACE);
      assertArrayEquals(new byte[] {1}, read(old, 0, 1));
    }
    assertArrayEquals(new byte[] {2, 3}, content("x"));
  }

  @Test
  void ofManyWritersOfOneKeyOneWins() throws Exception {
    int writers = 8;
    CyclicBarrier together = new CyclicBarrier(writers);
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      byte mark = (byte) i;
      tasks.add(
          () -> {
            try (WriteSession session = store.beginWrite();
                BlobWriter writer = session.create("artifacts/n/t.manifest")) {
              writer.write(ByteBuffer.wrap(new byte[] {mark}));
              together.await();
              writer.publish(IfExists.FAIL);
              return (int) mark;
            } catch (AlreadyExistsException e) {
              return -1;
            }
          });
    }
    List<Integer> winners = inParallel(tasks).stream().filter(i -> i >= 0).toList();
    assertEquals(1, winners.size());
    assertEquals(winners.get(0).byteValue(), content("artifacts/n/t.manifest")[0]);
  }

  @Test
  void listsByPrefix() throws IOException {
    publish("packs/ab/1.pack", random(10));
    publish("packs/cd/2.pack", random(20));
    publish("artifacts/n/t.manifest", random(30));
    publish("top", random(40));
    assertEquals(Set.of("packs/ab/1.pack", "packs/cd/2.pack"), keys("packs/"));
    assertEquals(Set.of("packs/cd/2.pack"), keys("packs/cd/"));
    assertEquals(Set.of(), keys("nothing/"));
    List<BlobInfo> infos = new ArrayList<>();
    store.list("artifacts/", infos::add);
    assertEquals(1, infos.size());
    assertEquals(30, infos.get(0).length());
    long age = System.currentTimeMillis() - infos.get(0).modifiedMillis();
    assertTrue(Math.abs(age) < 86_400_000, "age " + age);
  }

  @Test
  void whatIsMissingIsMissing() throws IOException {
    MissingException e = assertThrows(MissingException.class, () -> store.open("packs/ab/x.pack"));
    assertTrue(e.getMessage().contains(store.describe("packs/ab/x.pack")), e.getMessage());
    assertFalse(store.exists("packs/ab/x.pack"));
    publish("top", random(1));
    assertFalse(store.exists("top/below"));
    assertThrows(MissingException.class, () -> store.open("top/below"));
  }

  @Test
  void keysDoNotLeadOut() {
    for (String key :
        List.of("", "/", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".", "a\0b")) {
      assertThrows(IllegalArgumentException.class, () -> store.open(key), key);
      assertThrows(IllegalArgumentException.class, () -> store.exists(key), key);
    }
  }

  @Test
  void readingBehindTheEndIsDamage() throws IOException {
    publish("x", random(100));
    try (BlobReader reader = store.open("x")) {
      CorruptException e = assertThrows(CorruptException.class, () -> read(reader, 50, 51));
      assertTrue(e.getMessage().contains(store.describe("x")), e.getMessage());
      assertEquals(50, e.offset());
    }
  }

  @Test
  void aMappingOutlivesReaderAndBlob() throws IOException {
    byte[] bytes = random(1_000_000);
    publish("x", bytes);
    ByteBuffer mapped;
    try (BlobReader reader = store.open("x")) {
      mapped = reader.map();
    }
    assertTrue(mapped.isReadOnly());
    assertEquals(ByteOrder.LITTLE_ENDIAN, mapped.order());
    delete("x");
    byte[] found = new byte[mapped.remaining()];
    mapped.get(found);
    assertArrayEquals(bytes, found);
  }

  @Test
  void manyThreadsReadOneBlobWhileOthersCloseIt() throws Exception {
    byte[] bytes = random(1 << 20);
    publish("x", bytes);
    BlobReader reader = store.open("x");
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int seed = i;
      tasks.add(
          () -> {
            Random places = new Random(seed);
            int reads = 0;
            try {
              for (; reads < 2000; reads++) {
                int at = places.nextInt(bytes.length);
                int length = places.nextInt(Math.min(bytes.length - at, 5000));
                byte[] expected = Arrays.copyOfRange(bytes, at, at + length);
                assertArrayEquals(expected, read(reader, at, length));
                if (seed == 0 && reads == 1000) {
                  reader.close();
                }
              }
            } catch (ClosedChannelException e) {
              return reads;
            }
            return reads;
          });
    }
    inParallel(tasks);
    assertThrows(ClosedChannelException.class, () -> read(reader, 0, 1));
    reader.close();
  }

  @Test
  void deletes() throws IOException {
    publish("packs/ab/x.pack", random(10));
    try (SweepLock sweep = store.lockForSweep()) {
      assertTrue(sweep.delete("packs/ab/x.pack"));
      assertFalse(sweep.delete("packs/ab/x.pack"));
    }
    assertFalse(store.exists("packs/ab/x.pack"));
  }

  @Test
  void pinsAreSeenWhileTheSessionLives() throws IOException {
    publish(PACK.key(), random(10));
    PackId own = new PackId(1, 2);
    try (WriteSession session = store.beginWrite();
        WriteSession other = store.beginWrite()) {
      assertTrue(session.pin(PACK));
      assertTrue(session.pin(PACK));
      session.pinOwn(own);
      assertEquals(Set.of(PACK, own), pinned(null));
      assertEquals(Set.of(), pinned(session));
      assertEquals(Set.of(PACK, own), pinned(other));
    }
    assertEquals(Set.of(), pinned(null));
  }

  @Test
  void aPackThatIsGoneCanNotBePinned() throws IOException {
    try (WriteSession session = store.beginWrite()) {
      assertFalse(session.pin(PACK));
      publish(PACK.key(), random(10));
      assertTrue(session.pin(PACK));
    }
  }

  @Test
  void oneGcAtATime() throws IOException {
    try (Closeable first = store.tryLockForGc()) {
      assertNotNull(first);
      assertNull(store.tryLockForGc());
    }
    try (Closeable second = store.tryLockForGc()) {
      assertNotNull(second);
    }
  }

  @Test
  void sessionsThatLiveAreNotCleanedUp() throws IOException {
    try (WriteSession session = store.beginWrite();
        BlobWriter writer = session.create("x")) {
      writer.write(ByteBuffer.wrap(new byte[] {5}));
      try (SweepLock sweep = store.lockForSweep()) {
        assertEquals(0, sweep.cleanDeadSessions());
      }
      writer.publish(IfExists.FAIL);
    }
    assertArrayEquals(new byte[] {5}, content("x"));
  }

  private Set<PackId> pinned(WriteSession except) throws IOException {
    try (SweepLock sweep = store.lockForSweep()) {
      return sweep.pinned(except);
    }
  }

  private void delete(String key) throws IOException {
    try (SweepLock sweep = store.lockForSweep()) {
      assertTrue(sweep.delete(key));
    }
  }

  private Set<String> keys(String prefix) throws IOException {
    Set<String> keys = new TreeSet<>();
    store.list(prefix, info -> keys.add(info.key()));
    return keys;
  }

  protected final void publish(String key, byte[] bytes) throws IOException {
    try (WriteSession session = store.beginWrite();
        BlobWriter writer = session.create(key)) {
      assertEquals(key, writer.key());
      writer.write(ByteBuffer.wrap(bytes));
      writer.publish(IfExists.FAIL);
    }
  }

  protected final byte[] content(String key) throws IOException {
    try (BlobReader reader = store.open(key)) {
      return read(reader, 0, (int) reader.length());
    }
  }

  private static byte[] read(BlobReader reader, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(length + 3).position(2).limit(length + 2);
    reader.readFully(position, buffer);
    assertFalse(buffer.hasRemaining());
    byte[] bytes = new byte[length];
    buffer.get(2, bytes);
    assertEquals(0, buffer.get(0) | buffer.get(1) | buffer.clear().get(length + 2));
    return bytes;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static <T> List<T> inParallel(List<Callable<T>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
