package io.snapfs.fusefs.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.blob.FaultyBlobStore;
import io.snapfs.format.blob.LocalBlobStore;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import io.snapfs.fusefs.LogCapture;
import io.snapfs.fusefs.kernel.UnsentReply;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.ReadSink;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RehearsalTest {
  private static final ArtifactRef REF = ArtifactRef.parse("name:tag");
  private static final int LARGE = 20 << 20;
  private static final long MANY = 1_000_000_000;

  @TempDir Path temp;

  private LocalBlobStore local;
  private FaultyBlobStore blobs;
  private Store store;
  private ChunkCache served;

  @BeforeEach
  void open() throws IOException {
    Store.openOrCreate(temp.resolve("store")).close();
    local = new LocalBlobStore(temp.resolve("store"));
    blobs = new FaultyBlobStore(local, 1);
    store = Store.of(blobs);
    served = new ChunkCache(1 << 20, 1);
  }

  @AfterEach
  void close() throws IOException {
    served.close();
    store.close();
    blobs.checkAllClosed();
    local.close();
  }

  private void pack(int length) throws IOException {
    Path source = Files.createDirectories(temp.resolve("source/sub"));
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    Files.write(source.resolve("file"), bytes);
    try (RandomAccessFile hole = new RandomAccessFile(source.resolve("hole").toFile(), "rw")) {
      hole.setLength(3L * LARGE); // longer than what there is to decode
    }
    new Packer(store, PackOptions.defaults()).pack(temp.resolve("source"), REF);
  }

  @Test
  void itReadsUntilEnoughIsDecodedAndTouchesNothingThatIsServed() throws Exception {
    pack(LARGE);
    int before = served.activity();
    try (Rehearsal rehearsal = Rehearsal.start(store, served, 500, 1)) {
      rehearsal.join();
      assertTrue(rehearsal.decoded() >= 500, rehearsal.decoded() + " decoded");
      assertTrue(rehearsal.decoded() < 5_000, rehearsal.decoded() + " decoded");
    }
    assertEquals(before, served.activity());
    assertEquals(0, served.stats().decodes());
  }

  @Test
  void itRestsWhileSomebodyReads() throws Exception {
    pack(LARGE);
    try (StoreTree tree = new StoreTree(store, served);
        FileHandle file = tree.open(Sample.of(store).find(tree));
        UnsentReply reply = new UnsentReply();
        Rehearsal rehearsal = Rehearsal.start(store, served, 50, 700)) {
      long end = System.nanoTime() + 2_000_000_000L;
      for (int i = 0; System.nanoTime() < end; i++) {
        ReadSink sink = reply.begin();
        assertEquals(4096, file.read(i % 1000 * 4096L, 4096, sink));
      }
      assertEquals(0, rehearsal.decoded());
      rehearsal.join();
      assertTrue(rehearsal.decoded() >= 50, rehearsal.decoded() + " decoded");
    }
  }

  @Test
  void closingEndsIt() throws Exception {
    pack(LARGE);
    try (Rehearsal rehearsal = Rehearsal.start(store, served, MANY, 1)) {
      while (rehearsal.decoded() == 0) {
        Thread.sleep(1);
      }
    }
    try (Rehearsal rehearsal = Rehearsal.start(store, served, MANY, 100_000)) {
      assertEquals(0, rehearsal.decoded());
    }
  }

  @Test
  void aStoreWithoutALargeFileIsLeftAlone() throws Exception {
    try (Rehearsal rehearsal = Rehearsal.start(store, served, MANY, 1)) {
      rehearsal.join();
      assertEquals(0, rehearsal.decoded());
    }
    pack(1 << 20);
    try (Rehearsal rehearsal = Rehearsal.start(store, served, MANY, 1)) {
      rehearsal.join();
      assertEquals(0, rehearsal.decoded());
    }
  }

  @Test
  void damageEndsIt() throws Exception {
    pack(LARGE);
    try (Stream<Path> files = Files.walk(temp.resolve("store/packs"))) {
      for (Path pack : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(pack);
        for (int i = 1000; i < bytes.length - (1 << 20); i += 4096) {
          bytes[i] ^= 1;
        }
        Files.write(pack, bytes, StandardOpenOption.TRUNCATE_EXISTING);
      }
    }
    try (LogCapture log = new LogCapture();
        Rehearsal rehearsal = Rehearsal.start(store, served, MANY, 1)) {
      rehearsal.join();
      List<String> damaged = log.lines().stream().filter(line -> line.contains("pack")).toList();
      assertFalse(damaged.isEmpty());
      // Each of its readers ends with the first damaged chunk.
      assertTrue(damaged.size() <= Rehearsal.READERS, damaged.toString());
    }
  }

  @Test
  void requestsAreWithinTheFileAndGoOverItsParts() {
    for (long size : new long[] {Sample.LEAST, Sample.LEAST + 4095, LARGE, 1L << 40}) {
      Sample sample = new Sample(REF, "f", size);
      long furthest = 0;
      for (long number = 0; number < 2_000; number++) {
        long offset = sample.offset(number);
        assertEquals(0, offset % Sample.REQUEST);
        assertTrue(offset >= 0 && offset + Sample.REQUEST <= size, size + ": " + offset);
        furthest = Math.max(furthest, offset);
      }
      assertTrue(furthest >= size - 2 * Sample.REQUEST, size + ": " + furthest);
      assertEquals(sample.offset(0) + Sample.REQUEST, sample.offset(1));
    }
  }
}
