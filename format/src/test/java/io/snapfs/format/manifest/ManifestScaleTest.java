package io.snapfs.format.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.PackId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file of a million chunks: what it costs to open and to read. */
class ManifestScaleTest {
  private static final int CHUNKS = 1_000_000;
  private static final int PLAIN = 131_072;
  private static final int STORED = 4096;
  private static final int PER_PACK = 65_536;

  private static ByteBuffer mapped;

  @BeforeAll
  static void write(@TempDir Path scratch) throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    MemoryBlob blob = new MemoryBlob();
    try (ManifestBuilder builder = new ManifestBuilder(scratch)) {
      int root = builder.addNode(SampleTree.attributes(FileType.mode(4, 0755), 0, null));
      long size = (long) CHUNKS * PLAIN;
      int file = builder.addNode(SampleTree.attributes(FileType.mode(8, 0644), size, null));
      builder.setDirectory(root, builder.addEntry(SampleTree.ascii("big"), 8, file), 1);
      byte[] id = new byte[ChunkId.LENGTH];
      for (int c = 0; c < CHUNKS; c++) {
        if (c % PER_PACK == 0) {
          int pack = builder.addPack(new PackId(c, 1));
          builder.setPackLength(pack, 128 + (long) PER_PACK * STORED);
        }
        random.nextBytes(id);
        long offset = 128 + (long) (c % PER_PACK) * STORED;
        builder.addChunk(
            ChunkId.wrap(id.clone()), c / PER_PACK, new ChunkLocation(offset, STORED, PLAIN, c, 2));
        builder.addExtent((long) c * PLAIN, c);
      }
      builder.setExtents(file, 0, CHUNKS);
      builder.writeTo(blob);
    }
    byte[] bytes = blob.toBytes();
    mapped = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer();
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @Test
  void openingAllocatesLittle() throws IOException {
    Manifest.open(mapped, "warm-up");
    long before = allocated();
    Manifest manifest = Manifest.open(mapped, "scale.manifest");
    long used = allocated() - before;
    assertEquals(CHUNKS, manifest.chunkCount());
    assertTrue(used < 200_000, used + " bytes");
  }

  @Test
  void readingAllocatesNothing() throws IOException {
    Manifest manifest = Manifest.open(mapped, "scale.manifest");
    Node file = manifest.node(manifest.lookup(manifest.node(0), SampleTree.ascii("big")));
    long seed = 6;
    readAll(manifest, file, new Random(seed)); // checks all blocks
    Random random = new Random(seed);
    long before = allocated();
    long sum = readAll(manifest, file, random);
    long used = allocated() - before;
    // The measurement itself and the compiler may take something, 50,000 reads must not.
    assertTrue(used < 4096, used + " bytes allocated, sum " + sum);
  }

  private static long readAll(Manifest manifest, Node file, Random random) throws IOException {
    long sum = 0;
    for (int i = 0; i < 50_000; i++) {
      long offset = (long) (random.nextDouble() * file.size());
      long extent = manifest.findExtent(file, offset);
      int chunk = manifest.extentChunk(extent);
      long inside = offset - manifest.extentStart(extent);
      if (chunk != offset / PLAIN
          || inside != offset % PLAIN
          || manifest.extentEnd(file, extent) != (chunk + 1L) * PLAIN
          || manifest.chunkPack(chunk) != chunk / PER_PACK
          || manifest.chunkOffset(chunk) != 128 + (long) (chunk % PER_PACK) * STORED
          || manifest.chunkStoredLength(chunk) != STORED
          || manifest.chunkPlainLength(chunk) != PLAIN
          || manifest.chunkCrc32c(chunk) != chunk
          || manifest.packLength(manifest.chunkPack(chunk)) < STORED) {
        throw new AssertionError("wrong at " + offset);
      }
      sum += manifest.chunkCodec(chunk);
    }
    return sum;
  }

  @Test
  void checkingIsComplete() throws IOException {
    Manifest manifest = Manifest.open(mapped, "scale.manifest");
    long before = allocated();
    assertEquals(List.of(), ManifestAssertions.problems(manifest));
    long used = allocated() - before;
    assertTrue(used < 256L << 20, used + " bytes");
  }

  @Test
  void oneRepeatedChunkIdIsFound() throws IOException {
    byte[] bytes = new byte[mapped.remaining()];
    mapped.get(0, bytes);
    int from = Seal.position(bytes, SectionType.CHUNK_IDS, 123_456, 0);
    int to = Seal.position(bytes, SectionType.CHUNK_IDS, 987_654, 0);
    System.arraycopy(bytes, from, bytes, to, ChunkId.LENGTH);
    Manifest manifest = ManifestAssertions.open(Seal.everything(bytes));
    assertEquals(
        "[io.snapfs.format.CorruptException: test.manifest at offset "
            + to
            + " is damaged: chunk 987654 has the id of chunk 123456]",
        ManifestAssertions.problems(manifest).toString());
  }
}
