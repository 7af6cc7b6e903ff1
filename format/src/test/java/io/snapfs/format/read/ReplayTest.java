package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.profile.TouchRecorder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReplayTest {
  private static final int CHUNK = 64 << 10;
  private static final int CHUNKS = 480;
  private static final byte[] CONTENT = ReadFixture.bytes(CHUNKS * CHUNK, 5);

  @TempDir Path directory;
  private TestArtifacts artifact;
  private int[] order;

  @BeforeEach
  void setUp() {
    artifact = new TestArtifacts("fixed:64K", CodecPolicy.LZ4).file("f", CONTENT);
    order = shuffled(11);
  }

  /** All chunks, so that none follows another: nothing that read-ahead could foresee. */
  private static int[] shuffled(long seed) {
    List<Integer> all = new ArrayList<>(IntStream.range(0, CHUNKS).boxed().toList());
    Collections.shuffle(all, new Random(seed));
    return all.stream().mapToInt(Integer::intValue).toArray();
  }

  private ReadFixture fixture(long capacity, int[] profile) throws IOException {
    return new ReadFixture(directory, artifact, capacity, 2, profile);
  }

  /** Reads some bytes within a chunk. */
  private static void touch(OpenFile file, int chunk) throws IOException {
    int offset = chunk * CHUNK + 4096;
    assertArrayEquals(
        Arrays.copyOfRange(CONTENT, offset, offset + 4096), ReadFixture.read(file, offset, 4096));
  }

  private static void await(ReadFixture fixture, Predicate<CacheStats> condition) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.test(fixture.cache.stats())) {
      assertTrue(System.nanoTime() < until, () -> "still " + fixture.cache.stats());
      Thread.onSpinWait();
    }
  }

  private static void awaitAhead(ReadFixture fixture, long decodes) {
    await(fixture, stats -> stats.aheadDecodes() >= decodes);
  }

  /**
   * Then the chunk at a position, which was ordered before the others, is not waiting any more, but
   * for one that a thread has taken up and the system keeps it from decoding: its reader does it.
   */
  private static void awaitHalfAWindow(ReadFixture fixture, int position) {
    int decodes = Math.min(position + (2 << 20) / CHUNK, CHUNKS);
    await(fixture, stats -> stats.decodes() >= decodes);
  }

  @Test
  void whatTheProfileSaysIsDecodedAheadOfReadersWhoGoHereAndThere() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20, order);
        OpenFile file = fixture.open("f")) {
      for (int i = 0; i < CHUNKS; i++) {
        awaitHalfAWindow(fixture, i);
        touch(file, order[i]);
      }
      CacheStats stats = fixture.cache.stats();
      assertTrue(stats.demandDecodes() <= CHUNKS / 20, stats.toString());
      assertEquals(CHUNKS, stats.decodes());
      assertEquals(0, stats.aheadBytes());
    }
  }

  @Test
  void neverMoreIsOrderedThanTheWindowAndItsShareOfTheBudget() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20, order); // ahead: 8 MiB, of these 4 for the replay
        OpenFile file = fixture.open("f")) {
      int window = (4 << 20) / CHUNK;
      awaitAhead(fixture, window);
      assertEquals((long) window * CHUNK, fixture.cache.stats().aheadBytes());
      for (int i = 0; i < CHUNKS; i++) {
        touch(file, order[i]);
        CacheStats stats = fixture.cache.stats();
        assertTrue(stats.aheadBytes() <= (4 << 20) + CHUNK, stats.toString());
        assertTrue(stats.decodes() <= i + 1 + window + 1, stats.toString());
      }
      assertEquals(CHUNKS, fixture.cache.stats().decodes());
    }
  }

  @Test
  void aTinyCacheReplaysToo() throws IOException {
    try (ReadFixture fixture = fixture(2 * CHUNK, order);
        OpenFile file = fixture.open("f")) {
      for (int chunk : order) {
        touch(file, chunk);
      }
      CacheStats stats = fixture.cache.stats();
      assertTrue(stats.peakBytes() <= stats.boundBytes(), stats.toString());
    }
  }

  @Test
  void closingTheLastFileCancelsAndOpeningGoesOn() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20, order)) {
      OpenFile first = fixture.open("f");
      OpenFile second = fixture.open("f");
      int window = (4 << 20) / CHUNK;
      awaitAhead(fixture, window);
      first.close();
      first.close();
      assertEquals((long) window * CHUNK, fixture.cache.stats().aheadBytes());
      for (int i = 0; i < 100; i++) {
        touch(second, order[i]);
      }
      second.close();
      await(fixture, stats -> stats.aheadBytes() == 0);
      long decodes = fixture.cache.stats().decodes();
      assertTrue(decodes <= 100 + window + 1, fixture.cache.stats().toString());
      try (OpenFile third = fixture.open("f")) {
        awaitAhead(fixture, decodes - fixture.cache.stats().demandDecodes());
        for (int i = 100; i < CHUNKS; i++) {
          touch(third, order[i]);
        }
      }
      assertEquals(CHUNKS, fixture.cache.stats().decodes(), "something was decoded twice");
    }
  }

  @Test
  void whatWasReadAndDroppedIsNotDecodedAgain() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20, order);
        OpenFile file = fixture.open("f", AfterRead.DROP)) {
      for (int i = CHUNKS - 1; i >= CHUNKS - 5; i--) {
        byte[] bytes = ReadFixture.readSlices(file, (long) order[i] * CHUNK, CHUNK);
        assertEquals(CHUNK, bytes.length);
      }
      for (int i = 0; i < CHUNKS - 5; i++) {
        ReadFixture.readSlices(file, (long) order[i] * CHUNK, CHUNK);
      }
      assertEquals(CHUNKS, fixture.cache.stats().decodes());
      assertEquals(0, fixture.cache.stats().liveBytes());
    }
  }

  @Test
  void aSingleTouchFarAheadDoesNotMoveTheWindow() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20, order);
        OpenFile file = fixture.open("f")) {
      int window = (4 << 20) / CHUNK;
      awaitAhead(fixture, window);
      touch(file, order[400]);
      for (int i = 0; i < CHUNKS; i++) {
        awaitHalfAWindow(fixture, i);
        touch(file, order[i]);
      }
      // The stray one, and what read-ahead took for sequential after it and cancelled.
      CacheStats stats = fixture.cache.stats();
      assertTrue(stats.demandDecodes() <= CHUNKS / 20, stats.toString());
      assertEquals(CHUNKS, stats.decodes());
    }
  }

  @Test
  void aReaderWhoIsElsewhereForGoodIsFollowed() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20, order);
        OpenFile file = fixture.open("f")) {
      awaitAhead(fixture, (4 << 20) / CHUNK);
      TimeUnit.MILLISECONDS.sleep(1100); // what nobody came for makes room after a second
      for (int i = 300; i < 308; i++) {
        touch(file, order[i]);
      }
      awaitAhead(fixture, (4 << 20) / CHUNK + 1);
      long demand = fixture.cache.stats().demandDecodes();
      assertTrue(demand <= 8, fixture.cache.stats().toString());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void damageAheadIsMetByItsReaderOnly() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20, order)) {
      fixture.blobs.setFaultShare(1);
      OpenFile file = fixture.open("f");
      await(fixture, stats -> stats.aheadBytes() == 0);
      assertThrows(IOException.class, () -> ReadFixture.read(file, 0, 4096));
      fixture.blobs.setFaultShare(0);
      for (int chunk : order) {
        touch(file, chunk);
      }
      file.close();
    }
  }

  @Test
  void touchesAllocateNothingOnceWarm() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (ReadFixture fixture = fixture(64 << 20, order);
        OpenFile file = fixture.open("f")) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
      for (int i = 0; i < 60_000; i++) {
        file.read((long) order[i % CHUNKS] * CHUNK, buffer.clear());
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 50_000; i++) {
        file.read((long) order[i % CHUNKS] * CHUNK, buffer.clear());
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < 2000, allocated + " bytes");
    }
  }

  @Test
  void aReaderRecordsWhatWasTouchedByCopyOrBySlices() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20, null)) {
      byte[] id = fixture.reader.manifest().contentId();
      TouchRecorder recorder = new TouchRecorder(id, CHUNKS);
      try (ArtifactReader reader =
              new ArtifactReader(
                  fixture.store.openArtifact(ReadFixture.REF), fixture.cache, null, recorder);
          OpenFile file = reader.open(fixture.node("f"))) {
        for (int i = 0; i < CHUNKS; i++) {
          if (i % 2 == 0) {
            touch(file, order[i]);
          } else {
            ReadFixture.readSlices(file, (long) order[i] * CHUNK + 5, 5000);
          }
        }
      }
      Profile profile = recorder.profile();
      assertArrayEquals(order, IntStream.range(0, profile.size()).map(profile::chunk).toArray());
    }
  }
}
