package io.snapfs.gms.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.Progress;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.gms.StandinCuda;
import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.weights.WeightFiles;
import io.snapfs.gms.weights.WeightsLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads that share a cache. */
@Timeout(120)
final class WeightsCacheTest {
  private static final int MIB = 1 << 20;
  private static final int SLOT = Limits.MAX_CHUNK;
  private static final LoadOptions OPTIONS = new LoadOptions(3, SLOT, 4L * SLOT, 2);

  @TempDir private Path folder;
  private StandinCuda standin;
  private Cuda cuda;
  private Store store;
  private WeightsCache cache;
  private final List<MemoryTarget> targets = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void prepare() throws IOException {
    standin = StandinCuda.in(folder);
    cuda = standin.cuda();
    store = Store.openOrCreate(folder.resolve("store"));
  }

  @AfterEach
  void allIsGivenBack() throws Exception {
    cache.close();
    MemoryTarget.awaitFree(cuda.device(0));
    store.close();
  }

  private ArtifactRef pack(String codec, byte[]... slabs) throws IOException {
    Path source = Files.createTempDirectory(folder, "source");
    WeightFiles.saved(source, slabs);
    return WeightFiles.pack(store, source, CodecPolicy.parse(codec));
  }

  private MemoryTarget open(WeightsLayout layout) throws IOException {
    MemoryTarget target = new MemoryTarget(cuda.device(0), layout);
    targets.add(target);
    return target;
  }

  private LoadReport load(ArtifactRef ref) throws IOException {
    return load(ref, (device, layout) -> open(layout));
  }

  private LoadReport load(ArtifactRef ref, Target.Opener opener) throws IOException {
    try (OpenArtifact artifact = store.openArtifact(ref)) {
      return new Loader(artifact, 1, opener, OPTIONS, Progress.NONE, cache).run();
    }
  }

  private byte[] lastLoaded() {
    List<MemoryTarget> committed =
        List.copyOf(targets).stream().filter(MemoryTarget::isCommitted).toList();
    return committed.get(committed.size() - 1).contents().get(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "raw"})
  void whatWasLoadedIsThereForTheNext(String codec) throws IOException {
    cache = new WeightsCache(8L * SLOT, SLOT);
    byte[] data = WeightFiles.bf16(9 * MIB, 4);
    Arrays.fill(data, MIB, 2 * MIB, (byte) 0);
    ArtifactRef ref = pack(codec, data);
    LoadReport first = load(ref);
    assertArrayEquals(data, lastLoaded());
    assertEquals(0, first.cachedBytes());
    damage();
    LoadReport second = load(ref);
    assertArrayEquals(data, lastLoaded());
    assertEquals(0, second.storedBytes());
    assertEquals(8 * MIB, second.cachedBytes());
    assertEquals(first.weightBytes(), second.weightBytes());
  }

  /** The bytes of all packs are other ones from now on. */
  private void damage() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
      for (Path pack : all.filter(path -> path.toString().endsWith(".pack")).toList()) {
        try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
          for (long at = 4096; at + 8192 < file.length(); at += 65536) {
            file.seek(at);
            file.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
          }
        }
      }
    }
  }

  @Test
  void aSmallCacheHoldsAPartAndLosesNothing() throws IOException {
    cache = new WeightsCache(3L * SLOT, SLOT);
    byte[] one = WeightFiles.bf16(19 * MIB, 1);
    byte[] two = WeightFiles.bf16(17 * MIB, 2);
    ArtifactRef first = pack("raw", one);
    load(first);
    LoadReport again = load(first);
    assertArrayEquals(one, lastLoaded());
    assertTrue(again.cachedBytes() > 0, again.toString());
    assertTrue(again.storedBytes() > 0, again.toString());
    ArtifactRef second = pack("auto", two);
    load(second);
    assertArrayEquals(two, lastLoaded());
    load(first);
    assertArrayEquals(one, lastLoaded());
  }

  @Test
  void oneSlotIsEnough() throws IOException {
    cache = new WeightsCache(1, SLOT);
    standin.set("DELAY_US", "2000");
    byte[] data = WeightFiles.bf16(11 * MIB, 1);
    Arrays.fill(data, 0, 2 * MIB, (byte) 0);
    ArtifactRef ref = pack("auto", data);
    load(ref);
    assertArrayEquals(data, lastLoaded());
    load(ref);
    assertArrayEquals(data, lastLoaded());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16})
  void twoLoadsOfOneArtifactAtOnce(int slots) throws Exception {
    cache = new WeightsCache((long) slots * SLOT, SLOT);
    standin.set("DELAY_US", "1000");
    byte[] data = WeightFiles.bf16(20 * MIB, 5);
    ArtifactRef ref = pack("auto", data);
    List<CompletableFuture<LoadReport>> loads = startTogether(ref, ref);
    long stored = 0;
    for (CompletableFuture<LoadReport> each : loads) {
      stored += each.get(60, TimeUnit.SECONDS).storedBytes();
    }
    assertEquals(2, targets.size());
    for (MemoryTarget target : targets) {
      assertTrue(target.isCommitted());
      assertArrayEquals(data, target.contents().get(0));
    }
    if (slots == 16) {
      assertEquals(onePass(ref), stored, "a run was decoded twice");
    }
  }

  private long onePass(ArtifactRef ref) throws IOException {
    try (OpenArtifact artifact = store.openArtifact(ref)) {
      return new Loader(artifact, 1, (device, layout) -> open(layout), OPTIONS, Progress.NONE)
          .run()
          .storedBytes();
    }
  }

  private List<CompletableFuture<LoadReport>> startTogether(ArtifactRef... refs) {
    CountDownLatch all = new CountDownLatch(refs.length);
    List<CompletableFuture<LoadReport>> loads = new ArrayList<>();
    for (ArtifactRef ref : refs) {
      Target.Opener opener =
          (device, layout) -> {
            MemoryTarget target = open(layout);
            all.countDown();
            await(all);
            return target;
          };
      loads.add(loadBeside(ref, opener));
    }
    return loads;
  }

  private CompletableFuture<LoadReport> loadBeside(ArtifactRef ref, Target.Opener opener) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return load(ref, opener);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> new Thread(task).start());
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void loadsOfDifferentArtifactsAtOnce() throws Exception {
    cache = new WeightsCache(3L * SLOT, SLOT);
    byte[] one = WeightFiles.bf16(15 * MIB, 1);
    byte[] two = WeightFiles.bf16(15 * MIB, 2);
    for (CompletableFuture<LoadReport> each : startTogether(pack("raw", one), pack("auto", two))) {
      each.get(60, TimeUnit.SECONDS);
    }
    byte[] loaded = targets.get(0).contents().get(0);
    byte[] other = targets.get(1).contents().get(0);
    boolean inOrder = loaded[0] == one[0] && loaded[1] == one[1] && loaded[2] == one[2];
    assertArrayEquals(inOrder ? one : two, loaded);
    assertArrayEquals(inOrder ? two : one, other);
  }

  /** A load whose device gives memory late keeps no slot from another one that can go on. */
  @Test
  void whoWaitsForItsDeviceHoldsNobodyUp() throws Exception {
    cache = new WeightsCache(2L * SLOT, SLOT);
    byte[] one = WeightFiles.bf16(9 * MIB, 1);
    byte[] two = WeightFiles.bf16(9 * MIB, 2);
    ArtifactRef waiting = pack("raw", one);
    ArtifactRef other = pack("lz4", two);
    CountDownLatch mayOpen = new CountDownLatch(1);
    CompletableFuture<LoadReport> late =
        loadBeside(
            waiting,
            (device, layout) -> {
              await(mayOpen);
              return open(layout);
            });
    load(other);
    assertArrayEquals(two, lastLoaded());
    mayOpen.countDown();
    late.get(60, TimeUnit.SECONDS);
    assertArrayEquals(one, lastLoaded());
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "raw"})
  void damagedChunksAreNeitherCommittedNorCached(String codec) throws IOException {
    cache = new WeightsCache(16L * SLOT, SLOT);
    byte[] data = WeightFiles.bf16(9 * MIB, 4);
    ArtifactRef ref = pack(codec, data);
    List<Path> packs;
    try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
      packs = all.filter(path -> path.toString().endsWith(".pack")).toList();
    }
    byte[] before = Files.readAllBytes(packs.get(0));
    damage();
    assertThrows(CorruptException.class, () -> load(ref));
    assertThrows(CorruptException.class, () -> load(ref));
    assertFalse(targets.stream().anyMatch(MemoryTarget::isCommitted));
    try (RandomAccessFile file = new RandomAccessFile(packs.get(0).toFile(), "rw")) {
      file.write(before);
    }
    load(ref);
    assertArrayEquals(data, lastLoaded());
  }

  @Test
  void aCopyThatFailsLeavesTheCacheUsable() throws IOException {
    cache = new WeightsCache(3L * SLOT, SLOT);
    byte[] data = WeightFiles.bf16(15 * MIB, 4);
    ArtifactRef ref = pack("raw", data);
    standin.set("FAIL", "cuMemcpyHtoDAsync_v2:999:3");
    assertThrows(IOException.class, () -> load(ref));
    standin.set("FAIL", null);
    load(ref);
    assertArrayEquals(data, lastLoaded());
  }

  @Test
  void aLoadThatIsGivenUpEnds() throws Exception {
    cache = new WeightsCache(3L * SLOT, SLOT);
    ArtifactRef ref = pack("raw", WeightFiles.bf16(15 * MIB, 4));
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch mayOpen = new CountDownLatch(1);
    try (OpenArtifact artifact = store.openArtifact(ref)) {
      Target.Opener opener =
          (device, layout) -> {
            opening.countDown();
            await(mayOpen);
            throw new IOException("nobody wants it any more");
          };
      Loader loader = new Loader(artifact, 1, opener, OPTIONS, Progress.NONE, cache);
      CompletableFuture<Void> run =
          CompletableFuture.runAsync(
              () ->
                  assertEquals(
                      "given up", assertThrows(IOException.class, loader::run).getMessage()),
              task -> new Thread(task).start());
      opening.await();
      loader.cancel(new IOException("given up"));
      run.get(60, TimeUnit.SECONDS); // though its device is still being opened
    } finally {
      mayOpen.countDown();
    }
  }

  @Test
  void memoryIsPinnedAhead() throws IOException {
    cache = new WeightsCache(5L * SLOT, SLOT);
    try (var context = cuda.device(0).openContext()) {
      standin.set("FAIL", "cuMemHostRegister_v2:2:4+");
      cache.pinAhead(context);
    }
    assertEquals(3L * SLOT, cache.bytes());
    byte[] data = WeightFiles.bf16(15 * MIB, 4);
    ArtifactRef ref = pack("raw", data);
    load(ref); // what is pinned is enough
    assertArrayEquals(data, lastLoaded());
  }
}
