package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.blob.InjectedException;
import io.snapfs.format.codec.CodecPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReadAheadTest {
  private static final int CHUNK = 64 << 10;
  private static final int CHUNKS = 480;

  private static final byte[] CONTENT = ReadFixture.bytes(CHUNKS * CHUNK, 5);

  @TempDir Path directory;
  private TestArtifacts artifact;

  @BeforeEach
  void setUp() {
    artifact = new TestArtifacts("fixed:64K", CodecPolicy.LZ4).file("f", CONTENT);
  }

  private ReadFixture fixture(long capacity) throws IOException {
    return new ReadFixture(directory, artifact, capacity, 2);
  }

  private void check(OpenFile file, int offset, int length) throws IOException {
    assertArrayEquals(
        Arrays.copyOfRange(CONTENT, offset, Math.min(CONTENT.length, offset + length)),
        ReadFixture.read(file, offset, length));
  }

  private static void awaitAhead(ReadFixture fixture, long decodes) {
    while (fixture.cache.stats().aheadDecodes() < decodes) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whatIsReadForwardIsDecodedAheadAndOnce() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20);
        OpenFile file = fixture.open("f")) {
      check(file, 0, 100_000);
      awaitAhead(fixture, 3); // a first window of 256 KiB
      for (int offset = 100_000; offset < CONTENT.length; offset += 100_000) {
        check(file, offset, 100_000);
      }
      assertEquals(CHUNKS, fixture.cache.stats().decodes());
      assertEquals(0, fixture.cache.stats().aheadBytes());
    }
  }

  @Test
  void whatFollowsAHoleIsDecodedBeforeAndWhileTheHoleIsRead() throws IOException {
    int hole = 256 * CHUNK; // 16 MiB: more than a window
    byte[] content = Arrays.copyOf(CONTENT, 64 * CHUNK + hole);
    Arrays.fill(content, CHUNK, CHUNK + hole, (byte) 0);
    System.arraycopy(CONTENT, CHUNK, content, CHUNK + hole, 63 * CHUNK);
    artifact = new TestArtifacts("fixed:64K", CodecPolicy.LZ4).file("f", content);
    try (ReadFixture fixture = fixture(64 << 20);
        OpenFile file = fixture.open("f")) {
      assertArrayEquals(Arrays.copyOf(content, CHUNK), ReadFixture.read(file, 0, CHUNK));
      awaitAhead(fixture, hole / 8 / CHUNK); // an eighth of the hole, and what the window has left
      assertArrayEquals(
          Arrays.copyOfRange(content, CHUNK, content.length),
          ReadFixture.read(file, CHUNK, content.length - CHUNK));
      assertEquals(64, fixture.cache.stats().decodes());
    }
  }

  @Test
  void neighboursAreFetchedByFewRequests() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20);
        OpenFile file = fixture.open("f")) {
      long before = fixture.blobs.operations();
      for (int offset = 0; offset < CONTENT.length; offset += 1 << 20) {
        check(file, offset, 1 << 20);
        long ordered = fixture.cache.stats().aheadBytes();
        while (fixture.cache.stats().aheadBytes() > 0
            && fixture.cache.stats().aheadDecodes() < ordered / CHUNK) {
          Thread.onSpinWait();
        }
      }
      long requests = fixture.blobs.operations() - before;
      assertTrue(requests < CHUNKS / 2, requests + " requests for " + CHUNKS + " chunks");
    }
  }

  @Test
  void readsHereAndThereOrderNothing() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20);
        OpenFile file = fixture.open("f")) {
      int[] chunks = {100, 300, 50, 450, 200, 400, 150, 350};
      for (int chunk : chunks) {
        check(file, chunk * CHUNK, 4096);
      }
      assertEquals(chunks.length, fixture.cache.stats().decodes());
      assertEquals(0, fixture.cache.stats().aheadDecodes());
    }
  }

  @Test
  void severalReadersOfOneFileAreFollowed() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20);
        OpenFile file = fixture.open("f")) {
      for (int i = 0; i < 100; i++) { // three places in turn, far from each other
        for (int start = 0; start < CHUNKS; start += CHUNKS / 3) {
          check(file, (start + i) * CHUNK, CHUNK);
        }
        if (i == 1) {
          awaitAhead(fixture, 3 * 3);
        }
      }
    }
  }

  @Test
  void closingCancelsWhatWasOrdered() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20)) {
      for (int i = 0; i < 50; i++) {
        OpenFile file = fixture.open("f");
        check(file, 0, 4096);
        check(file, 4096, 300_000);
        file.close();
        while (fixture.cache.stats().aheadBytes() > 0) {
          Thread.onSpinWait();
        }
      }
      assertTrue(fixture.cache.stats().decodes() <= 64, fixture.cache.stats().toString());
    }
  }

  @Test
  void aTinyCacheStillReadsForward() throws IOException {
    try (ReadFixture fixture = fixture(2 * CHUNK);
        OpenFile file = fixture.open("f")) {
      for (int offset = 0; offset < CONTENT.length; offset += 50_000) {
        check(file, offset, 50_000);
      }
      assertTrue(fixture.cache.stats().evictions() > 0);
    }
  }

  @Test
  void whatIsKeptElsewhereIsDroppedOnceItHasBeenReadThrough() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20);
        OpenFile file = fixture.open("f", AfterRead.DROP)) {
      for (int offset = 0; offset < CONTENT.length; offset += 100_000) {
        if (offset % 300_000 == 0) {
          check(file, offset, 100_000);
        } else {
          checkSlices(file, offset, 100_000);
        }
      }
      assertEquals(CHUNKS, fixture.cache.stats().decodes());
      assertEquals(0, fixture.cache.stats().liveBytes());
      check(file, 100 * CHUNK + 5, 4096); // a part of a chunk: the rest may be wanted
      assertEquals(CHUNK, fixture.cache.stats().liveBytes());
    }
  }

  private void checkSlices(OpenFile file, int offset, int length) throws IOException {
    assertArrayEquals(
        Arrays.copyOfRange(CONTENT, offset, Math.min(CONTENT.length, offset + length)),
        ReadFixture.readSlices(file, offset, length));
  }

  @Test
  void aReaderWhoStopsDoesNotKeepTheBudgetFromOthers() throws IOException, InterruptedException {
    List<OpenFile> idle = new ArrayList<>();
    try (ReadFixture fixture = fixture(2 << 20)) {
      for (int i = 0; i < 12; i++) {
        OpenFile file = fixture.open("f");
        idle.add(file);
        int start = i * 40 * CHUNK;
        check(file, start, 4096);
        check(file, start + 4096, 4096);
        check(file, start + 8192, 4096);
      }
      OpenFile file = fixture.open("f");
      idle.add(file);
      long before = fixture.cache.stats().aheadDecodes();
      Thread.sleep(1100); // what nobody came for is forgotten after a second
      for (int offset = 20 * CHUNK; offset < 39 * CHUNK; offset += 4096) {
        check(file, offset, 4096);
      }
      awaitAhead(fixture, before + 1);
      idle.forEach(OpenFile::close);
    }
  }

  @Test
  void damageAheadDoesNotDisturbReadsBeforeIt() throws IOException {
    try (ReadFixture fixture = fixture(64 << 20);
        OpenFile file = fixture.open("f")) {
      check(file, 0, 4096);
      awaitAhead(fixture, 3);
      fixture.blobs.setFaultShare(0.5);
      for (int offset = 0; offset < CONTENT.length; offset += CHUNK) {
        readStubbornly(file, offset);
      }
    }
  }

  private void readStubbornly(OpenFile file, int offset) throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        check(file, offset, CHUNK);
        return;
      } catch (InjectedException e) {
        assertTrue(attempt < 100, "fails for ever");
      }
    }
  }
}
