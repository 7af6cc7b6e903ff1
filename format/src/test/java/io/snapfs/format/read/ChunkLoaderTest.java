package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChunkLoaderTest {
  private static final int CHUNK = 128 << 10;
  private static final long AHEAD = 2 << 20;
  private static final long RESERVE = 8 << 20;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final FakeSource source = FakeSource.uniform(64, CHUNK);
  private ChunkLoader loader = new ChunkLoader(16 << 20, AHEAD, RESERVE, 4, new Processors(4));

  @AfterEach
  void everythingIsGivenBack() throws InterruptedException {
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
    loader.close();
    CacheStats stats = loader.stats(0);
    assertEquals(0, stats.liveBytes());
    assertEquals(0, stats.aheadBytes());
    assertTrue(stats.peakBytes() <= stats.boundBytes(), stats.toString());
  }

  @Test
  void decodesOnceAndThenFindsIt() throws IOException {
    CachedChunk first = loader.acquire(source, 3, true);
    assertTrue(FakeSource.isRight(first, 3));
    CachedChunk second = loader.get(source, 3);
    assertSame(first, second);
    first.release();
    second.release();
    assertEquals(1, source.decodes(3));
    assertEquals(1, loader.stats(0).hits());
    assertNull(loader.get(source, 4));
  }

  @Test
  void manyReadersOfOneChunkDecodeItOnce() throws Exception {
    CountDownLatch gate = source.block();
    List<Future<CachedChunk>> readers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      readers.add(threads.submit(() -> loader.acquire(source, 5, true)));
    }
    source.awaitBlocked(1);
    gate.countDown();
    for (Future<CachedChunk> reader : readers) {
      CachedChunk chunk = reader.get(1, TimeUnit.MINUTES);
      assertTrue(FakeSource.isRight(chunk, 5));
      chunk.release();
    }
    assertEquals(1, source.decodes(5));
    assertEquals(1, source.requests());
  }

  @Test
  void aChunkInUseSurvivesItsEviction() throws IOException {
    loader.close();
    loader = new ChunkLoader(0, AHEAD, RESERVE, 4, new Processors(4)); // evicts at once
    CachedChunk held = loader.acquire(source, 0, true);
    for (int chunk = 1; chunk < source.count(); chunk++) {
      loader.acquire(source, chunk, true).release();
    }
    assertEquals(source.count(), loader.stats(0).evictions());
    assertEquals(CHUNK, loader.stats(0).liveBytes());
    assertTrue(FakeSource.isRight(held, 0));
    held.release();
    assertEquals(0, loader.stats(0).liveBytes());
    assertFalse(held.tryRetain());
    assertThrows(IllegalStateException.class, held::release);
  }

  @Test
  void damageIsReportedEveryTimeAndNothingIsKept() throws IOException {
    source.damage(2);
    for (int i = 1; i <= 3; i++) {
      assertThrows(CorruptException.class, () -> loader.acquire(source, 2, true));
      assertEquals(i, source.decodes(2));
    }
    assertEquals(0, loader.stats(0).liveBytes());
    assertEquals(3, loader.stats(0).failures());
  }

  @Test
  void aStoreErrorReachesAllWaitersAndIsForgotten() throws Exception {
    source.failStore(new IOException("disk gone"));
    CountDownLatch gate = source.block();
    List<Future<CachedChunk>> readers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      readers.add(threads.submit(() -> loader.acquire(source, 1, true)));
    }
    source.awaitBlocked(1);
    gate.countDown();
    for (Future<CachedChunk> reader : readers) {
      Exception failure = assertThrows(Exception.class, () -> reader.get(1, TimeUnit.MINUTES));
      assertEquals("disk gone", failure.getCause().getMessage());
    }
    source.failStore(null);
    loader.acquire(source, 1, true).release();
    assertEquals(1, source.decodes(1));
  }

  @Test
  void aReaderTakesWhatWasDecodedAhead() throws IOException {
    Fill fill = order(9);
    loadAhead(9, fill);
    assertEquals(1, loader.stats(0).aheadDecodes());
    assertEquals(SizeClasses.rounded(CHUNK), loader.stats(0).aheadBytes());
    assertTrue(loader.isKnown(source, 9));
    CachedChunk chunk = loader.acquire(source, 9, true);
    assertTrue(FakeSource.isRight(chunk, 9));
    chunk.release();
    assertEquals(1, source.decodes(9));
    assertEquals(0, loader.stats(0).aheadBytes());
    loader.get(source, 9).release();
  }

  @Test
  void whatIsReadOncePassesByTheCache() throws IOException {
    Fill fill = order(9);
    assertNull(loader.pass(source, 9, CHUNK), "not decoded yet");
    loadAhead(9, fill);
    CachedChunk first = loader.pass(source, 9, CHUNK / 2);
    assertTrue(FakeSource.isRight(first, 9));
    assertNull(loader.get(source, 9));
    assertEquals(SizeClasses.rounded(CHUNK), loader.stats(0).aheadBytes());
    CachedChunk last = loader.pass(source, 9, CHUNK);
    assertSame(first, last);
    assertEquals(0, loader.stats(0).aheadBytes());
    assertFalse(loader.isKnown(source, 9));
    assertEquals(SizeClasses.rounded(CHUNK), loader.stats(0).liveBytes(), "two readers use it");
    first.release();
    assertTrue(FakeSource.isRight(last, 9));
    last.release();
    assertEquals(0, loader.stats(0).liveBytes());
    assertEquals(1, source.decodes(9));
  }

  @Test
  void whatNobodyReadsToItsEndIsKeptWhenItIsAbandoned() throws IOException {
    Fill fill = order(9);
    loadAhead(9, fill);
    loader.pass(source, 9, CHUNK / 2).release();
    loader.abandon(fill);
    assertNull(loader.pass(source, 9, CHUNK));
    loader.get(source, 9).release();
    assertEquals(1, source.decodes(9));
  }

  @Test
  void manyReadersPassOneChunkOn() throws Exception {
    for (int chunk = 0; chunk < 60; chunk++) {
      int number = chunk;
      loadAhead(number, order(number));
      List<Future<?>> readers = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        long end = t % 2 == 0 ? CHUNK : CHUNK / 2;
        readers.add(threads.submit(() -> passOrAcquire(number, end)));
      }
      for (Future<?> reader : readers) {
        reader.get(1, TimeUnit.MINUTES);
      }
      assertEquals(0, loader.stats(0).aheadBytes());
    }
  }

  private Void passOrAcquire(int number, long end) throws IOException {
    CachedChunk chunk = loader.pass(source, number, end);
    if (chunk == null) {
      chunk = loader.acquire(source, number, true);
    }
    assertTrue(FakeSource.isRight(chunk, number));
    chunk.release();
    return null;
  }

  @Test
  void aReaderDoesNotWaitForWhatIsOnlyOrdered() throws IOException {
    Fill fill = order(9);
    loader.acquire(source, 9, true).release();
    assertEquals(1, loader.stats(0).demandDecodes());
    loadAhead(9, fill);
    assertEquals(1, source.decodes(9));
    assertEquals(0, loader.stats(0).aheadBytes());
  }

  @Test
  void whatIsAbandonedAfterItsDecodingIsKeptAsCached() throws IOException {
    Fill landed = order(1);
    Fill queued = order(2);
    loadAhead(1, landed);
    loader.abandon(landed);
    loader.abandon(queued);
    loadAhead(2, queued);
    assertEquals(0, loader.stats(0).aheadBytes());
    assertFalse(loader.isKnown(source, 2));
    loader.get(source, 1).release();
    assertEquals(0, source.decodes(2));
  }

  @Test
  void readAheadThatFindsDamageLeavesTheReportToTheReader() throws IOException {
    source.damage(6);
    Fill fill = order(6);
    loadAhead(6, fill);
    assertEquals(0, loader.stats(0).aheadBytes());
    assertEquals(0, loader.stats(0).liveBytes());
    assertThrows(CorruptException.class, () -> loader.acquire(source, 6, true));
  }

  @Test
  void readAheadKeepsItsBudget() throws IOException {
    int bytes = SizeClasses.rounded(CHUNK);
    int orders = 0;
    while (loader.tryReserve(bytes)) {
      assertNotNull(loader.order(source, orders++, bytes));
    }
    assertEquals(AHEAD / bytes, orders);
  }

  @Test
  void readAheadLeavesReadersTheirReserve() throws IOException {
    FakeSource large = FakeSource.uniform(8, 4 << 20);
    loader.close();
    loader = new ChunkLoader(0, AHEAD, RESERVE, 4, new Processors(4)); // keeps nothing
    CachedChunk held = loader.acquire(large, 0, true);
    Fill fill = order(3);
    loadAhead(3, fill);
    assertEquals(0, source.decodes(3));
    held.release();
    loadAhead(3, fill);
    assertEquals(1, source.decodes(3));
  }

  @Test
  void whoUsesAChunkIsRefusedRatherThanMadeToWait() throws Exception {
    FakeSource large = FakeSource.uniform(8, 4 << 20);
    loader.close();
    loader = new ChunkLoader(0, AHEAD, RESERVE, 4, new Processors(4));
    CachedChunk first = loader.acquire(large, 0, true);
    CachedChunk second = loader.acquire(large, 1, false);
    assertNotNull(second);
    assertNull(loader.acquire(large, 2, false));
    Future<CachedChunk> patient = threads.submit(() -> loader.acquire(large, 2, true));
    while (loader.stats(0).memoryWaits() == 0) {
      Thread.onSpinWait();
    }
    assertNull(loader.acquire(large, 2, false)); // its owner waits for memory
    first.release();
    patient.get(1, TimeUnit.MINUTES).release();
    second.release();
  }

  /** Random chunks of many lengths, far more than fit, read by more threads than contexts. */
  @Test
  void stressWithATinyCache() throws Exception {
    long seed = 20261121;
    Random lengths = new Random(seed);
    FakeSource mixed =
        new FakeSource(
            lengths.ints(300, 1, 400_000).map(n -> n < 40_000 ? n : n / 4096 * 4096).toArray());
    loader.close();
    loader = new ChunkLoader(1 << 20, AHEAD, RESERVE, 3, new Processors(4));
    List<Future<?>> readers = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Random random = new Random(seed + t);
      readers.add(threads.submit(() -> readRandomly(mixed, random, 1500)));
    }
    for (Future<?> reader : readers) {
      reader.get(3, TimeUnit.MINUTES);
    }
    CacheStats stats = loader.stats(0);
    assertTrue(stats.peakBytes() <= stats.boundBytes(), stats.toString());
    assertTrue(stats.evictions() > 0);
  }

  private Void readRandomly(FakeSource mixed, Random random, int times) throws IOException {
    List<CachedChunk> used = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      int chunk = random.nextInt(mixed.count());
      CachedChunk cached = loader.acquire(mixed, chunk, used.isEmpty());
      if (cached != null) {
        assertTrue(FakeSource.isRight(cached, chunk), "chunk " + chunk);
        used.add(cached);
      }
      if (cached == null || random.nextInt(4) == 0) {
        used.forEach(CachedChunk::release);
        used.clear();
      }
    }
    used.forEach(CachedChunk::release);
    return null;
  }

  private Fill order(int chunk) throws IOException {
    int bytes = SizeClasses.rounded(CHUNK);
    assertTrue(loader.tryReserve(bytes));
    return loader.order(source, chunk, bytes);
  }

  private void loadAhead(int chunk, Fill fill) throws IOException {
    try (DecodeContext context = new DecodeContext()) {
      ByteBuffer stored = context.stored(source.storedLength(chunk));
      loader.loadAhead(source, chunk, fill, context.decoder(), stored);
    }
  }
}
