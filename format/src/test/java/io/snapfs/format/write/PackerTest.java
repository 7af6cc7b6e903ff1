package io.snapfs.format.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.ArtifactRef;
import io.snapfs.format.MissingException;
import io.snapfs.format.Progress;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.chunk.Chunking;
import io.snapfs.format.manifest.PartType;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.format.unpack.Unpacker;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackerTest {
  private static final ArtifactRef REF = ArtifactRef.parse("worker");

  @TempDir Path temp;
  private Path source;
  private Store store;

  @BeforeEach
  void setUp() throws IOException {
    source = Files.createDirectory(temp.resolve("source"));
    store = Store.openOrCreate(temp.resolve("store"));
  }

  @AfterEach
  void tearDown() throws IOException {
    store.close();
  }

  private byte[] write(String name, int length, long seed) throws IOException {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    Path file = source.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    return bytes;
  }

  private PackResult pack(String ref, PackOptions options) throws IOException {
    return new Packer(store, options).pack(source, ArtifactRef.parse(ref));
  }

  private Path unpack(String ref) throws IOException {
    Path target = temp.resolve("unpacked-" + ref.replace(':', '-'));
    try (OpenArtifact artifact = store.openArtifact(ArtifactRef.parse(ref))) {
      new Unpacker(artifact, 2, Progress.NONE).unpack(target);
    }
    return target;
  }

  private List<Path> packFiles() throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve("store/packs"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void unpacksWhatItPacked() throws IOException {
    byte[] big = write("big", 9_000_001, 1);
    byte[] small = write("a/b/small", 17, 2);
    byte[] page = write("a/page", 4096, 3);
    Files.createFile(source.resolve("empty"));
    PackResult result = pack("worker", PackOptions.defaults());
    assertEquals(4, result.summary().regularFiles());
    assertEquals(9_000_001 + 17 + 4096, result.summary().logicalBytes());
    Path target = unpack("worker");
    assertArrayEquals(big, Files.readAllBytes(target.resolve("big")));
    assertArrayEquals(small, Files.readAllBytes(target.resolve("a/b/small")));
    assertArrayEquals(page, Files.readAllBytes(target.resolve("a/page")));
    assertEquals(0, Files.size(target.resolve("empty")));
  }

  @Test
  void zeroPagesBecomeHoles() throws IOException {
    byte[] bytes = write("f", 5 << 20, 4);
    Arrays.fill(bytes, 1 << 20, 4 << 20, (byte) 0);
    Files.write(source.resolve("f"), bytes);
    PackResult result = pack("worker", PackOptions.defaults());
    assertEquals(3 << 20, result.summary().holeBytes());
    assertEquals(2 << 20, result.summary().plainBytes());
    assertArrayEquals(bytes, Files.readAllBytes(unpack("worker").resolve("f")));
  }

  @Test
  void aSparseTebibytePacksWithoutReadingIt() throws IOException {
    byte[] island = {1, 2, 3};
    try (RandomAccessFile file = new RandomAccessFile(source.resolve("sparse").toFile(), "rw")) {
      file.setLength(1L << 40);
      file.seek((1L << 39) + 5);
      file.write(island);
    }
    PackResult result = pack("worker", PackOptions.defaults());
    assertEquals(1L << 40, result.summary().logicalBytes());
    assertEquals(1, result.chunks());
    Path unpacked = unpack("worker").resolve("sparse");
    assertEquals(1L << 40, Files.size(unpacked));
    try (RandomAccessFile file = new RandomAccessFile(unpacked.toFile(), "r")) {
      byte[] read = new byte[5];
      file.seek((1L << 39) + 4);
      file.readFully(read);
      assertArrayEquals(new byte[] {0, 1, 2, 3, 0}, read);
    }
  }

  @Test
  void packingAgainStoresNothingNew() throws IOException {
    write("f", 3 << 20, 5);
    PackResult first = pack("worker:1", PackOptions.defaults());
    List<Path> packs = packFiles();
    PackResult second = pack("worker:2", PackOptions.defaults());
    assertTrue(first.newChunks() > 0);
    assertEquals(0, second.newChunks());
    assertEquals(0, second.summary().addedBytes());
    assertEquals(first.contentId(), second.contentId());
    assertEquals(packs, packFiles());
  }

  @Test
  void equalChunksOfOneArtifactAreStoredOnce() throws IOException {
    byte[] bytes = write("one", 1 << 20, 6);
    for (int i = 0; i < 20; i++) {
      Files.write(source.resolve("copy" + i), bytes);
    }
    PackResult result = pack("worker", PackOptions.defaults());
    assertEquals(1 << 20, result.summary().plainBytes());
    Path target = unpack("worker");
    assertArrayEquals(bytes, Files.readAllBytes(target.resolve("copy19")));
  }

  @Test
  void theNumberOfThreadsDoesNotChangeTheArtifact() throws IOException {
    for (int i = 0; i < 200; i++) {
      write("dir" + i % 7 + "/f" + i, i * 997, i);
    }
    PackResult one = pack("worker:1", PackOptions.defaults().withJobs(1));
    PackResult many = pack("worker:8", PackOptions.defaults().withJobs(8));
    assertEquals(one.contentId(), many.contentId());
  }

  @Test
  void everyChunkingAndSmallWindowsGiveTheSameBytes() throws IOException {
    byte[] bytes = write("f", (11 << 20) + 123, 7);
    for (String chunking : List.of("cdc:16K", "cdc:1M", "fixed:4K", "fixed:4M")) {
      String ref = "worker:" + chunking.replace(':', '-');
      pack(ref, PackOptions.defaults().withChunking(Chunking.parse(chunking)));
      assertArrayEquals(bytes, Files.readAllBytes(unpack(ref).resolve("f")), chunking);
    }
  }

  @Test
  void anArtifactIsNeverReplaced() throws IOException {
    write("f", 100, 8);
    String before = pack("worker", PackOptions.defaults()).contentId();
    write("f", 100, 9);
    AlreadyExistsException e =
        assertThrows(AlreadyExistsException.class, () -> pack("worker", PackOptions.defaults()));
    assertTrue(e.getMessage().contains("worker:latest"), e.getMessage());
    assertEquals(before, HexFormat.of().formatHex(store.manifest(REF).contentId()));
  }

  @Test
  void aFileThatGrowsWhilePackedFailsTheRun() throws IOException {
    write("f", 100_000, 10);
    failsWith(
        SourceChangedException.class,
        path -> Files.write(path, new byte[1], StandardOpenOption.APPEND),
        "f");
  }

  @Test
  void aFileThatShrinksWhilePackedFailsTheRun() throws IOException {
    write("f", 100_000, 11);
    failsWith(SourceChangedException.class, path -> Files.write(path, new byte[10]), "f");
  }

  @Test
  void aFileThatVanishesWhilePackedFailsTheRun() throws IOException {
    write("f", 100_000, 12);
    failsWith(SourceChangedException.class, Files::delete, "f");
  }

  private interface Change {
    void to(Path path) throws IOException;
  }

  /** Changes a file between the walker's look at it and its being read. */
  private void failsWith(Class<? extends IOException> expected, Change change, String name)
      throws IOException {
    PartClassifier changes =
        path -> {
          if (new String(path, StandardCharsets.UTF_8).equals(name)) {
            try {
              change.to(source.resolve(name));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
          return PartClassifier.Part.OTHER;
        };
    PackOptions defaults = PackOptions.defaults();
    PackOptions options =
        new PackOptions(
            defaults.chunking(), defaults.codec(), 2, Map.of(), Map.of(), changes, Progress.NONE);
    IOException e = assertThrows(expected, () -> pack("worker", options));
    assertTrue(e.getMessage().contains("/" + name), e.getMessage());
    assertFalse(store.exists(REF));
    assertEquals(List.of(), store.artifacts());
    try (Stream<Path> left = Files.list(temp.resolve("store/tmp"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void aStoreInsideTheSourceIsRefused() throws IOException {
    write("f", 100, 13);
    try (Store inside = Store.openOrCreate(source.resolve("sub"))) {
      SnapfsException e =
          assertThrows(
              SnapfsException.class,
              () -> new Packer(inside, PackOptions.defaults()).pack(source, REF));
      assertTrue(e.getMessage().contains("store itself"), e.getMessage());
    }
  }

  @Test
  void noFolderOrAFileIsRefused() throws IOException {
    write("f", 1, 14);
    Packer packer = new Packer(store, PackOptions.defaults());
    assertThrows(MissingException.class, () -> packer.pack(source.resolve("none"), REF));
    SnapfsException e =
        assertThrows(SnapfsException.class, () -> packer.pack(source.resolve("f"), REF));
    assertTrue(e.getMessage().contains("not a folder"), e.getMessage());
  }

  @Test
  void aDamagedStoredChunkIsNotSharedButStoredAnew() throws IOException {
    byte[] bytes = write("f", 1 << 20, 15);
    pack("worker:1", PackOptions.defaults());
    Path pack = packFiles().get(0);
    try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
      file.seek(200);
      int old = file.read();
      file.seek(200);
      file.write(old ^ 1);
    }
    PackResult healed = pack("worker:2", PackOptions.defaults());
    assertEquals(1, healed.healedChunks());
    assertEquals(1, healed.newChunks());
    assertArrayEquals(bytes, Files.readAllBytes(unpack("worker:2").resolve("f")));
  }

  @Test
  void manyRunsAtOnceIntoOneStore() throws Exception {
    write("f", 4 << 20, 16);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<PackResult>> runs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String ref = "worker:" + i;
        runs.add(threads.submit(() -> pack(ref, PackOptions.defaults().withJobs(2))));
      }
      for (Future<PackResult> run : runs) {
        assertEquals(runs.get(0).get().contentId(), run.get().contentId());
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(8, store.artifacts().size());
  }

  @Test
  void labelsProvenanceAndPartsAreKept() throws IOException {
    write("model/weights.bin", 5000, 17);
    write("other", 10, 18);
    PartClassifier weights =
        path ->
            new String(path, StandardCharsets.UTF_8).startsWith("model/")
                ? new PartClassifier.Part(PartType.WEIGHTS, "model")
                : PartClassifier.Part.OTHER;
    PackOptions options =
        new PackOptions(
            Chunking.DEFAULT,
            PackOptions.defaults().codec(),
            2,
            Map.of("team", "vision"),
            Map.of("host.kernel", "6.18"),
            weights,
            Progress.NONE);
    pack("worker", options);
    var manifest = store.manifest(REF);
    assertEquals(Map.of("team", "vision"), manifest.labels());
    assertEquals(Map.of("host.kernel", "6.18"), manifest.provenance());
    assertEquals(2, manifest.parts().size());
    assertEquals("weights", manifest.parts().get(1).type().label());
    assertEquals(5000, manifest.parts().get(1).logicalBytes());
  }

  @Test
  void bytesMayComeFromElsewhere() throws IOException {
    byte[] there = write("there", 100_000, 1);
    byte[] elsewhere = new byte[3_000_000];
    new Random(2).nextBytes(elsewhere);
    try (RandomAccessFile sparse = new RandomAccessFile(source.resolve("big").toFile(), "rw")) {
      sparse.setLength(elsewhere.length);
    }
    FileContents contents =
        path ->
            Arrays.equals(path, "big".getBytes(StandardCharsets.UTF_8))
                ? (target, offset) -> {
                  int length = Math.min(target.remaining(), elsewhere.length - (int) offset);
                  length = Math.min(length, 777_777);
                  target.put(target.position(), elsewhere, (int) offset, length);
                  return length;
                }
                : null;
    new Packer(store, PackOptions.defaults(), contents).pack(source, REF);
    Path unpacked = unpack("worker");
    assertArrayEquals(there, Files.readAllBytes(unpacked.resolve("there")));
    assertArrayEquals(elsewhere, Files.readAllBytes(unpacked.resolve("big")));
  }

  @Test
  void bytesFromElsewhereThatEndTooSoon() throws IOException {
    write("big", 1000, 1);
    FileContents contents = path -> (target, offset) -> 0;
    Packer packer = new Packer(store, PackOptions.defaults(), contents);
    SourceChangedException e =
        assertThrows(SourceChangedException.class, () -> packer.pack(source, REF));
    assertTrue(e.getMessage().contains("became shorter"), e.getMessage());
    assertFalse(store.exists(REF));
  }
}
