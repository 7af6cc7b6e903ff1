package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.SnapfsException;
import io.snapfs.format.blob.InjectedException;
import io.snapfs.format.codec.CodecPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ReadStressTest {
  private static final int FILES = 4;
  private static final long SEED = 20261121;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final byte[][] contents = new byte[FILES][];

  @TempDir Path directory;

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
  }

  /** Files with pages of zeros and with stretches that they share. */
  private TestArtifacts artifact() {
    TestArtifacts artifact = new TestArtifacts("cdc:64K", CodecPolicy.AUTO);
    Random random = new Random(SEED);
    for (int i = 0; i < FILES; i++) {
      byte[] content = ReadFixture.bytes((3 << 20) + random.nextInt(1 << 20), SEED + i);
      for (int k = 0; k < 6; k++) {
        int from = random.nextInt(content.length - 300_000);
        Arrays.fill(content, from, from + random.nextInt(300_000), (byte) 0);
      }
      if (i > 0) {
        System.arraycopy(contents[0], 1 << 20, content, 1 << 20, 1 << 20);
      }
      contents[i] = content;
      artifact.file("f" + i, content);
    }
    return artifact;
  }

  private void runAll(int count, IntFunction<Callable<Void>> work) throws Exception {
    List<Future<Void>> futures = new ArrayList<>();
    for (int t = 0; t < count; t++) {
      futures.add(threads.submit(work.apply(t)));
    }
    for (Future<Void> future : futures) {
      future.get();
    }
  }

  /** One read of any kind, compared with the source. */
  private void readSomething(OpenFile[] files, Random random) throws IOException {
    int file = random.nextInt(FILES);
    byte[] content = contents[file];
    int length = 1 + random.nextInt(random.nextInt(8) == 0 ? 2 << 20 : 150_000);
    int offset = random.nextInt(content.length);
    byte[] expected =
        Arrays.copyOfRange(content, offset, Math.min(content.length, offset + length));
    byte[] actual =
        random.nextBoolean()
            ? ReadFixture.read(files[file], offset, length)
            : ReadFixture.readSlices(files[file], offset, length);
    assertArrayEquals(expected, actual, "seed " + SEED + ", file " + file + " at " + offset);
  }

  private static OpenFile[] openAll(ReadFixture fixture) throws IOException {
    OpenFile[] files = new OpenFile[FILES];
    for (int i = 0; i < FILES; i++) {
      files[i] = fixture.open("f" + i);
    }
    return files;
  }

  @Test
  void manyThreadsAndRoomForAFewChunks() throws Exception {
    try (ReadFixture fixture = new ReadFixture(directory, artifact(), 300_000, 2)) {
      OpenFile[] files = openAll(fixture);
      runAll(
          8,
          t ->
              () -> {
                Random random = new Random(SEED + t);
                for (int i = 0; i < 250; i++) {
                  readSomething(files, random);
                }
                return null;
              });
      assertTrue(fixture.cache.stats().evictions() > 0);
      for (OpenFile file : files) {
        file.close();
      }
    }
  }

  @Test
  void aStoreThatFailsNowAndThen() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    try (ReadFixture fixture = new ReadFixture(directory, artifact(), 500_000, 2)) {
      OpenFile[] files = openAll(fixture);
      fixture.blobs.setFaultShare(0.1);
      runAll(
          6,
          t ->
              () -> {
                Random random = new Random(SEED + t);
                for (int i = 0; i < 150; i++) {
                  try {
                    readSomething(files, random);
                  } catch (InjectedException e) {
                    failures.incrementAndGet();
                  }
                }
                return null;
              });
      for (OpenFile file : files) {
        file.close();
      }
    }
    assertTrue(failures.get() > 0);
  }

  @Test
  void everythingIsClosedWhileReadsAreInFlight() throws Exception {
    for (int round = 0; round < 6; round++) {
      int order = round;
      Path store = directory.resolve("store" + round);
      ReadFixture fixture = new ReadFixture(store, artifact(), 1 << 20, 2);
      OpenFile[] files = openAll(fixture);
      AtomicInteger reads = new AtomicInteger();
      CountDownLatch running = new CountDownLatch(4);
      List<Future<Void>> readers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Random random = new Random(SEED + t);
        readers.add(threads.submit(() -> readUntilClosed(files, random, running, reads)));
      }
      running.await();
      if (order % 2 == 0) {
        fixture.reader.close();
        fixture.cache.close();
      }
      for (OpenFile file : files) {
        file.close();
      }
      for (Future<Void> reader : readers) {
        reader.get();
      }
      assertTrue(reads.get() >= 4);
      fixture.close(); // checks that all memory came back and all packs are closed
    }
  }

  private Void readUntilClosed(
      OpenFile[] files, Random random, CountDownLatch running, AtomicInteger reads)
      throws IOException {
    while (true) {
      try {
        readSomething(files, random);
        reads.incrementAndGet();
        running.countDown();
      } catch (SnapfsException e) {
        assertTrue(e.getMessage().contains("the file was closed"), e.toString());
        return null;
      }
    }
  }

  /** Two readers sit on all the memory there is; a third one still gets its bytes, by copy. */
  @Test
  void aReadThatCannotHaveAllItsChunksAtOnceIsCopied() throws Exception {
    int length = 4 << 20;
    byte[] large = ReadFixture.bytes(3 * length, 9);
    TestArtifacts artifact = new TestArtifacts("fixed:1M", CodecPolicy.LZ4).file("f", large);
    CountDownLatch holding = new CountDownLatch(2);
    CountDownLatch gate = new CountDownLatch(1);
    try (ReadFixture fixture = new ReadFixture(directory, artifact, 0, 1);
        OpenFile file = fixture.open("f")) {
      List<Future<Integer>> holders = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        long offset = (long) i * length;
        holders.add(
            threads.submit(
                () ->
                    file.read(
                        offset,
                        length,
                        slices -> {
                          holding.countDown();
                          await(gate);
                        })));
      }
      holding.await();
      byte[] third = ReadFixture.readSlices(file, 2L * length, length);
      assertArrayEquals(Arrays.copyOfRange(large, 2 * length, 3 * length), third);
      assertTrue(fixture.cache.stats().bounces() > 0, fixture.cache.stats().toString());
      gate.countDown();
      for (Future<Integer> holder : holders) {
        assertEquals(length, holder.get());
      }
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
