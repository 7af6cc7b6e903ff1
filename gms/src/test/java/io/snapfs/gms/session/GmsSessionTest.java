package io.snapfs.gms.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.Progress;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.manifest.Part;
import io.snapfs.format.manifest.PartType;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.gms.StandinCuda;
import io.snapfs.gms.client.GmsClient;
import io.snapfs.gms.client.GmsException;
import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.load.LoadOptions;
import io.snapfs.gms.load.LoadReport;
import io.snapfs.gms.load.Loader;
import io.snapfs.gms.save.CommittedWeights;
import io.snapfs.gms.save.Saver;
import io.snapfs.gms.server.GmsServer;
import io.snapfs.gms.server.ServerOptions;
import io.snapfs.gms.weights.WeightFiles;
import io.snapfs.gms.wire.SocketPath;
import io.snapfs.linux.NativeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GmsSessionTest {
  private static final int MIB = 1 << 20;
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String TAG = "weights";

  @TempDir private Path folder;
  private StandinCuda standin;
  private Cuda cuda;
  private Path sockets;
  private Store store;
  private Path source;
  private final List<GmsServer> servers = new ArrayList<>();

  @BeforeEach
  void prepare() throws IOException {
    standin = StandinCuda.in(folder).set("DEVICES", "2");
    cuda = standin.cuda();
    sockets = folder.resolve("gms");
    source = Files.createDirectories(folder.resolve("source"));
    store = Store.openOrCreate(folder.resolve("store"));
    serve();
  }

  @AfterEach
  void end() throws IOException {
    stop();
    store.close();
    for (CudaDevice device : cuda.devices()) {
      try (var context = device.openContext()) {
        assertEquals(device.totalBytes(), context.memory().freeBytes());
      }
    }
  }

  /** A server for each device, with nothing in it. */
  private void serve() throws IOException {
    for (CudaDevice device : cuda.devices()) {
      servers.add(GmsServer.start(device, TAG, sockets, ServerOptions.defaults()));
    }
  }

  private void stop() throws IOException {
    for (GmsServer server : servers) {
      server.close();
    }
    servers.clear();
  }

  private Path socket(int device) throws IOException {
    return SocketPath.of(sockets, cuda.device(device).uuid(), TAG);
  }

  private LoadReport load(ArtifactRef ref, int devices, Duration timeout) throws IOException {
    try (OpenArtifact artifact = store.openArtifact(ref)) {
      return new Loader(
              artifact,
              devices,
              (device, layout) ->
                  GmsTarget.open(cuda.device(device), socket(device), timeout, layout),
              LoadOptions.of(2),
              Progress.NONE)
          .run();
    }
  }

  private GmsWeights open(int device) throws IOException {
    return GmsWeights.open(cuda.device(device), socket(device), LONG);
  }

  private static byte[] read(CommittedWeights weights, int allocation) throws IOException {
    byte[] bytes = new byte[(int) weights.allocations().get(allocation).size()];
    try (NativeMemory copy = NativeMemory.allocate(bytes.length)) {
      weights.context().copyToHost(copy.address(), weights.address(allocation), bytes.length);
      copy.slice(0, bytes.length).get(bytes);
    }
    return bytes;
  }

  private ArtifactRef tensors(byte[]... data) throws IOException {
    Files.write(source.resolve("m.safetensors"), WeightFiles.tensors("t", data));
    return WeightFiles.pack(store, source, CodecPolicy.AUTO);
  }

  private ArtifactRef save(String name, GmsWeights... devices) throws IOException {
    ArtifactRef ref = ArtifactRef.parse(name);
    new Saver(store, ref, PackOptions.defaults().withJobs(2)).run(List.of(devices));
    return ref;
  }

  @Test
  void whatIsLoadedIsSavedAndLoadedAgain() throws IOException {
    byte[] first = WeightFiles.bf16(5 * MIB, 1);
    byte[] second = WeightFiles.bf16(MIB + 6, 2);
    LoadReport report = load(tensors(first, second), 1, LONG);
    assertEquals(first.length + second.length, report.weightBytes());
    String hash;
    ArtifactRef saved;
    try (GmsWeights weights = open(0)) {
      byte[] slab = read(weights, 0);
      assertArrayEquals(first, Arrays.copyOf(slab, first.length));
      assertArrayEquals(
          second, Arrays.copyOfRange(slab, first.length, first.length + second.length));
      assertEquals(
          List.of("t.0", "t.1"), weights.names().stream().map(CommittedWeights.Name::key).toList());
      hash = weights.layoutHash();
      assertNotEquals("", hash);
      saved = save("saved:v1", weights);
    }
    stop();
    serve();
    load(saved, 1, LONG);
    try (GmsWeights weights = open(0)) {
      assertArrayEquals(first, Arrays.copyOf(read(weights, 0), first.length));
      assertEquals(hash, weights.layoutHash());
    }
  }

  @Test
  void whatWasSavedIsAPartOfWeights() throws IOException {
    load(tensors(WeightFiles.bf16(MIB, 1)), 1, LONG);
    try (GmsWeights weights = open(0)) {
      List<Part> parts = store.manifest(save("saved", weights)).parts();
      assertEquals(2, parts.size());
      assertEquals(PartType.WEIGHTS, parts.get(1).type());
      assertEquals(3, parts.get(1).files());
      assertThrows(AlreadyExistsException.class, () -> save("saved", weights));
    }
  }

  @Test
  void severalDevicesAreOneArtifact() throws IOException {
    load(tensors(WeightFiles.bf16(2 * MIB, 1)), 2, LONG);
    ArtifactRef saved;
    try (GmsWeights zero = open(0);
        GmsWeights one = open(1)) {
      assertArrayEquals(read(zero, 0), read(one, 0));
      saved = save("saved", zero, one);
    }
    LoadReport report = load(saved, 2, LONG);
    assertEquals(2, report.devices());
    assertEquals(4 * MIB, report.weightBytes());
    try (GmsWeights one = open(1)) {
      assertArrayEquals(WeightFiles.bf16(2 * MIB, 1), Arrays.copyOf(read(one, 0), 2 * MIB));
    }
  }

  @Test
  void damagedWeightsAreNeverCommitted() throws Exception {
    ArtifactRef ref = tensors(WeightFiles.bf16(4 * MIB, 1));
    Path pack;
    try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
      pack = all.filter(path -> path.toString().endsWith(".pack")).findFirst().orElseThrow();
    }
    try (FileChannel file = FileChannel.open(pack, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[64]), file.size() / 2);
    }
    assertThrows(CorruptException.class, () -> load(ref, 1, LONG));
    assertFalse(GmsClient.runtimeState(socket(0)).state().committed());
    // The server frees when it sees that the writer has gone.
    long deadline = System.nanoTime() + LONG.toNanos();
    while (GmsClient.runtimeState(socket(0)).allocations() > 0) {
      assertTrue(System.nanoTime() - deadline < 0, "memory is not freed");
      TimeUnit.MILLISECONDS.sleep(1);
    }
    assertFalse(GmsClient.runtimeState(socket(0)).state().committed());
  }

  @Test
  void readersAreWaitedFor() throws IOException {
    ArtifactRef ref = tensors(WeightFiles.bf16(MIB, 1));
    load(ref, 1, LONG);
    try (GmsWeights reader = open(0)) {
      assertEquals(1, reader.allocations().size());
      assertThrows(GmsException.class, () -> load(ref, 1, Duration.ZERO));
    }
    load(ref, 1, LONG);
  }

  @Test
  void nobodyServes() throws IOException {
    ArtifactRef ref = tensors(WeightFiles.bf16(MIB, 1));
    stop();
    MissingException e = assertThrows(MissingException.class, () -> load(ref, 1, LONG));
    assertTrue(e.getMessage().contains("snapfs gms serve"), e.getMessage());
  }

  /** The Python library reads from this server what this loader has loaded. */
  @Test
  void workersAttachWhatWasLoaded() throws IOException, InterruptedException {
    byte[] first = WeightFiles.bf16(3 * MIB, 1);
    load(tensors(first), 1, LONG);
    String program =
        """
        import sys, zlib
        from snapfs_worker import Weights, live_imports
        weights = Weights(0, sys.argv[1])
        weights.attach(60)
        tensor = weights.tensors["t.0"]
        data = weights.device.read(weights.address("t.0"), tensor.shape[0] * 2)
        before = weights.address("t.0")
        weights.detach()
        weights.attach(60)
        assert weights.address("t.0") == before
        weights.detach()
        print(tensor.dtype, tensor.shape, zlib.crc32(data), live_imports())
        """;
    ProcessBuilder builder = new ProcessBuilder("python3", "-B", "-c", program, sockets.toString());
    builder.environment().put("PYTHONPATH", Path.of("python").toAbsolutePath().toString());
    builder.environment().put("SNAPFS_LIBCUDA", standin.library().toString());
    builder.environment().put("SNAPFS_STANDIN_DEVICES", "2");
    Path output = folder.resolve("output");
    Process python = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    boolean ended = python.waitFor(LONG.toSeconds(), TimeUnit.SECONDS);
    python.destroyForcibly().waitFor();
    String said = Files.readString(output);
    assertTrue(ended, said);
    CRC32 crc = new CRC32();
    crc.update(first);
    assertEquals("bfloat16 (%d,) %d 0\n".formatted(first.length / 2, crc.getValue()), said);
  }
}
