package io.snapfs.gms.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.Progress;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.gms.StandinCuda;
import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.CudaException;
import io.snapfs.gms.weights.WeightFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoaderTest {
  private static final int MIB = 1 << 20;
  private static final LoadOptions SMALL =
      new LoadOptions(3, Limits.MAX_CHUNK, 4L * Limits.MAX_CHUNK, 2);

  @TempDir private Path folder;
  private StandinCuda standin;
  private Cuda cuda;
  private Store store;
  private Path source;
  private final Map<Integer, MemoryTarget> targets = new ConcurrentHashMap<>();

  @BeforeEach
  void prepare() throws IOException {
    standin = StandinCuda.in(folder).set("DEVICES", "2");
    cuda = standin.cuda();
    store = Store.openOrCreate(folder.resolve("store"));
    source = Files.createDirectories(folder.resolve("source"));
  }

  @AfterEach
  void allIsGivenBack() throws Exception {
    standin.set("FAIL", null);
    MemoryTarget.awaitFree(cuda.device(0));
    store.close();
  }

  @Test
  void loadsWaitForTheirTurn() throws Exception {
    byte[] tensor = WeightFiles.bf16(3 * MIB, 1);
    Files.write(source.resolve("m.safetensors"), WeightFiles.tensors("t", tensor));
    CompletableFuture<Void> turn = new CompletableFuture<>();
    CountDownLatch opened = new CountDownLatch(1);
    try (OpenArtifact artifact =
        store.openArtifact(WeightFiles.pack(store, source, CodecPolicy.parse("raw")))) {
      Loader loader =
          new Loader(
              artifact,
              1,
              (device, layout) -> {
                MemoryTarget target = new MemoryTarget(cuda.device(device), layout);
                targets.put(device, target);
                opened.countDown();
                return target;
              },
              SMALL,
              Progress.NONE);
      loader.readAfter(turn);
      CompletableFuture<LoadReport> loaded =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return loader.run();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      opened.await();
      assertThrows(TimeoutException.class, () -> loaded.get(200, TimeUnit.MILLISECONDS));
      turn.completeExceptionally(new IOException("whatever came of it"));
      assertTrue(loaded.get(60, TimeUnit.SECONDS).storedBytes() > 0);
    }
  }

  private LoadReport load(CodecPolicy codec, int devices, LoadOptions options) throws IOException {
    try (OpenArtifact artifact = store.openArtifact(WeightFiles.pack(store, source, codec))) {
      return load(artifact, devices, options);
    }
  }

  private LoadReport load(OpenArtifact artifact, int devices, LoadOptions options)
      throws IOException {
    Target.Opener opener =
        (device, layout) -> {
          MemoryTarget target = new MemoryTarget(cuda.device(device), layout);
          targets.put(device, target);
          return target;
        };
    return new Loader(artifact, devices, opener, options, Progress.NONE).run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "raw", "lz4", "zstd"})
  void whatWasPackedIsWhatTheDeviceGets(String codec) throws IOException {
    byte[] first = WeightFiles.bf16(9 * MIB + 2, 1);
    byte[] second = WeightFiles.bf16(3 * MIB, 2);
    Arrays.fill(second, MIB, 2 * MIB, (byte) 7); // for lz4 to have something to do
    Files.write(source.resolve("m.safetensors"), WeightFiles.tensors("t", first, second));
    LoadReport report = load(CodecPolicy.parse(codec), 1, SMALL);
    byte[] slab = targets.get(0).contents().get(0);
    assertArrayEquals(first, Arrays.copyOf(slab, first.length));
    int at = (first.length + 511) / 512 * 512;
    assertArrayEquals(second, Arrays.copyOfRange(slab, at, at + second.length));
    assertEquals(first.length + second.length, report.weightBytes());
    assertEquals(1, report.slabs());
    assertEquals(2, report.names());
    assertEquals(Phase.values().length, report.phases().size());
    assertTrue(report.storedBytes() > MIB && report.storedBytes() <= 13 * MIB);
  }

  @Test
  void holesAreZeroOnTheDevice() throws IOException {
    byte[] data = WeightFiles.bf16(12 * MIB, 1);
    Arrays.fill(data, MIB, 11 * MIB, (byte) 0);
    byte[] zeros = new byte[5 * MIB];
    WeightFiles.saved(source, data, zeros);
    load(CodecPolicy.AUTO, 1, SMALL);
    assertArrayEquals(data, targets.get(0).contents().get(0));
    assertArrayEquals(zeros, targets.get(0).contents().get(1));
  }

  @Test
  void nothingButHoles() throws IOException {
    WeightFiles.saved(source, new byte[3 * MIB]);
    load(CodecPolicy.AUTO, 1, SMALL);
    assertArrayEquals(new byte[3 * MIB], targets.get(0).contents().get(0));
  }

  @Test
  void whatIsThereTwiceIsReadOnce() throws IOException {
    byte[] data = WeightFiles.bf16(2 * MIB, 1);
    byte[] twice = Arrays.copyOf(data, 4 * MIB);
    System.arraycopy(data, 0, twice, 2 * MIB, 2 * MIB);
    WeightFiles.saved(source, twice, data);
    LoadReport report = load(CodecPolicy.RAW, 1, SMALL);
    assertArrayEquals(twice, targets.get(0).contents().get(0));
    assertArrayEquals(data, targets.get(0).contents().get(1));
    assertTrue(report.storedBytes() < 3 * MIB, "read " + report.storedBytes());
    assertEquals(6 * MIB, report.weightBytes());
  }

  @Test
  void severalDevicesAtOnce() throws IOException {
    byte[] both = WeightFiles.bf16(3 * MIB, 9);
    byte[] other = WeightFiles.bf16(2 * MIB, 8);
    WeightFiles.saved(source.resolve("device-0"), both);
    WeightFiles.saved(source.resolve("device-1"), other, both);
    LoadReport report = load(CodecPolicy.AUTO, 2, SMALL);
    assertArrayEquals(both, targets.get(0).contents().get(0));
    assertArrayEquals(other, targets.get(1).contents().get(0));
    assertArrayEquals(both, targets.get(1).contents().get(1));
    assertEquals(2, report.devices());
    assertEquals(3, report.slabs());
  }

  @Test
  void copiesThatAreSlowDelayNothingButThemselves() throws IOException {
    standin.set("DELAY_US", "3000");
    byte[] data = WeightFiles.bf16(30 * MIB, 4);
    WeightFiles.saved(source, data);
    load(CodecPolicy.RAW, 1, new LoadOptions(1, Limits.MAX_CHUNK, Limits.MAX_CHUNK, 1));
    assertArrayEquals(data, targets.get(0).contents().get(0));
  }

  @Test
  void progressReachesTheEnd() throws IOException {
    WeightFiles.saved(source, WeightFiles.bf16(9 * MIB, 4), new byte[MIB]);
    TreeMap<Long, Long> steps = new TreeMap<>();
    try (OpenArtifact artifact =
        store.openArtifact(WeightFiles.pack(store, source, CodecPolicy.LZ4))) {
      Target.Opener opener =
          (device, layout) -> {
            MemoryTarget target = new MemoryTarget(cuda.device(device), layout);
            targets.put(device, target);
            return target;
          };
      new Loader(artifact, 1, opener, SMALL, (what, done, total) -> steps.put(done, total)).run();
    }
    assertEquals(10L * MIB, steps.lastKey());
    assertEquals(10L * MIB, steps.get(steps.lastKey()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "raw"})
  void nothingIsCommittedIfAChunkIsDamaged(String codec) throws IOException {
    WeightFiles.saved(source, WeightFiles.bf16(9 * MIB, 4));
    try (OpenArtifact artifact =
        store.openArtifact(WeightFiles.pack(store, source, CodecPolicy.parse(codec)))) {
      damageLastChunk(artifact.manifest());
      CorruptException e = assertThrows(CorruptException.class, () -> load(artifact, 1, SMALL));
      assertTrue(e.getMessage().contains("checksum"), e.getMessage());
    }
    for (MemoryTarget target : targets.values()) {
      assertFalse(target.isCommitted());
    }
  }

  private void damageLastChunk(Manifest manifest) throws IOException {
    int victim = 0;
    for (int chunk = 0; chunk < manifest.chunkCount(); chunk++) {
      victim = manifest.chunkStoredLength(chunk) > 10_000 ? chunk : victim;
    }
    List<Path> packs;
    try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
      packs = all.filter(path -> path.toString().endsWith(".pack")).toList();
    }
    assertEquals(1, packs.size());
    try (FileChannel file = FileChannel.open(packs.get(0), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), manifest.chunkOffset(victim) + 5000);
    }
  }

  @Test
  void deviceThatCannotGiveMemory() throws IOException {
    WeightFiles.saved(source.resolve("device-0"), WeightFiles.bf16(9 * MIB, 4));
    WeightFiles.saved(source.resolve("device-1"), WeightFiles.bf16(9 * MIB, 5));
    standin.set("FAIL", "cuMemCreate:2:2+");
    CudaException e = assertThrows(CudaException.class, () -> load(CodecPolicy.AUTO, 2, SMALL));
    assertEquals(CudaException.OUT_OF_MEMORY, e.code());
  }

  @Test
  void copyThatFails() throws IOException {
    WeightFiles.saved(source, WeightFiles.bf16(9 * MIB, 4));
    standin.set("FAIL", "cuMemcpyHtoDAsync_v2:999:2+");
    assertThrows(CudaException.class, () -> load(CodecPolicy.AUTO, 1, SMALL));
    assertFalse(targets.get(0).isCommitted());
  }

  @Test
  void whatCannotBePinnedIsDoneWithout() throws IOException {
    byte[] data = WeightFiles.bf16(9 * MIB, 4);
    WeightFiles.saved(source, data);
    standin.set("FAIL", "cuMemHostRegister_v2:2:2");
    load(CodecPolicy.AUTO, 1, SMALL);
    assertArrayEquals(data, targets.get(0).contents().get(0));
  }

  @Test
  void nothingCanBePinned() throws IOException {
    WeightFiles.saved(source, WeightFiles.bf16(9 * MIB, 4));
    standin.set("FAIL", "cuMemHostRegister_v2:2");
    CudaException e = assertThrows(CudaException.class, () -> load(CodecPolicy.AUTO, 1, SMALL));
    assertEquals("cuMemHostRegister", e.call());
    assertFalse(targets.get(0).isCommitted());
  }

  @Test
  void pinningThatFailsForAnotherReasonEndsTheLoad() throws IOException {
    WeightFiles.saved(source, WeightFiles.bf16(9 * MIB, 4));
    standin.set("FAIL", "cuMemHostRegister_v2:999:2");
    CudaException e = assertThrows(CudaException.class, () -> load(CodecPolicy.AUTO, 1, SMALL));
    assertEquals("cuMemHostRegister", e.call());
    assertFalse(targets.get(0).isCommitted());
  }
}
