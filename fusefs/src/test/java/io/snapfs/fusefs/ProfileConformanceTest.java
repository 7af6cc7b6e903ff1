package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.profile.Recorder;
import io.snapfs.format.profile.Recording;
import io.snapfs.format.read.CacheStats;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.read.TestArtifacts;
import io.snapfs.format.store.Profiles;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.tree.StoreTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Recording and replaying through real mounts, on every transport. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ProfileConformanceTest extends MountTestBase {
  private static final ArtifactRef REF = ArtifactRef.parse("w:1");
  private static final int CHUNK = 64 << 10;
  private static final int CHUNKS = 400;
  private static final int PAGE = 4096;

  private final byte[] content = new byte[CHUNKS * CHUNK];
  private int[] order;
  private Path directory;
  private Store store;
  private ChunkCache cache;

  @BeforeEach
  void makeStore() throws IOException {
    new Random(8).nextBytes(content);
    List<Integer> all = new ArrayList<>(IntStream.range(0, CHUNKS).boxed().toList());
    Collections.shuffle(all, new Random(9));
    order = all.stream().mapToInt(Integer::intValue).toArray();
    directory = temp.resolve("store");
    store = closeLater(Store.openOrCreate(directory));
    new TestArtifacts("fixed:64K", CodecPolicy.LZ4)
        .file("f", content)
        .file("other", new byte[] {1, 2, 3})
        .publish(store.blobs(), REF);
  }

  private Path mountStore(Recorder recorder) throws IOException {
    cache = closeLater(new ChunkCache(64 << 20, 2));
    StoreTree tree = closeLater(new StoreTree(store, cache, recorder));
    Path mountpoint = newMountpoint();
    MountOptions options = MountOptions.defaults("snapfs-test").with("readahead=4");
    closeLater(Mount.start(tree, mountpoint, options, transport()));
    return mountpoint.resolve("w/1");
  }

  /** Reads a page in the middle of a chunk. */
  private void touch(FileChannel file, int chunk) throws IOException {
    int offset = chunk * CHUNK + 8 * PAGE;
    ByteBuffer page = ByteBuffer.allocate(PAGE);
    assertEquals(PAGE, file.read(page, offset));
    assertEquals(ByteBuffer.wrap(content, offset, PAGE), page.flip());
  }

  private void putProfile() throws IOException {
    Manifest manifest = store.manifest(REF);
    Profiles.put(store, Profile.of(manifest.contentId(), manifest.chunkCount(), order));
  }

  private void await(Predicate<CacheStats> condition) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.test(cache.stats())) {
      assertTrue(System.nanoTime() < until, () -> "still " + cache.stats());
      Thread.onSpinWait();
    }
  }

  @Test
  void theOrderOfFirstTouchesIsRecorded() throws IOException {
    Recorder recorder = new Recorder();
    Path artifact = mountStore(recorder);
    assertEquals(List.of(), recorder.recordings());
    try (FileChannel file = FileChannel.open(artifact.resolve("f"))) {
      for (int chunk : order) {
        touch(file, chunk);
        touch(file, order[0]);
      }
    }
    Recording recording = recorder.recordings().get(0);
    assertEquals(REF, recording.ref());
    Profile profile = recording.profile();
    assertArrayEquals(store.manifest(REF).contentId(), profile.contentId());
    assertArrayEquals(order, IntStream.range(0, profile.size()).map(profile::chunk).toArray());
  }

  @Test
  void aProfileIsReplayedAheadOfReadersWhoGoHereAndThere() throws IOException {
    putProfile();
    Path artifact = mountStore(null);
    try (FileChannel file = FileChannel.open(artifact.resolve("f"))) {
      for (int i = 0; i < CHUNKS; i++) {
        // Half a window: then this one, which was ordered before the others, isn't waiting any
        // more.
        int decodes = Math.min(i + (2 << 20) / CHUNK, CHUNKS);
        await(stats -> stats.decodes() >= decodes);
        touch(file, order[i]);
        CacheStats stats = cache.stats();
        assertTrue(stats.aheadBytes() <= (4 << 20) + CHUNK, stats.toString());
      }
    }
    // A chunk that the system kept a thread from decoding in time is decoded by its reader.
    assertTrue(cache.stats().demandDecodes() <= CHUNKS / 20, cache.stats().toString());
    assertEquals(CHUNKS, cache.stats().decodes());
  }

  /** Whether what lies up to a megabyte behind a short read may be decoded as well. */
  boolean decodesOn() {
    return false;
  }

  @Test
  void withoutAProfileSuchReadsAreDecodedOnDemand() throws IOException {
    Path artifact = mountStore(null);
    try (FileChannel file = FileChannel.open(artifact.resolve("f"))) {
      for (int chunk : new int[] {100, 300, 50, 350, 200, 250, 150, 390}) {
        touch(file, chunk); // far from what was read before
      }
    }
    CacheStats stats = cache.stats();
    assertEquals(0, stats.aheadDecodes(), stats.toString());
    long each = decodesOn() ? 17 : 1; // chunks of 64 KiB
    assertTrue(stats.demandDecodes() >= 8, stats.toString());
    assertTrue(stats.demandDecodes() <= each * 8, stats.toString());
  }

  @Test
  void closingTheLastFileCancelsTheReplay() throws IOException {
    putProfile();
    Path artifact = mountStore(null);
    try (FileChannel file = FileChannel.open(artifact.resolve("f"))) {
      await(stats -> stats.aheadDecodes() > 0);
      touch(file, order[0]);
    }
    await(stats -> stats.aheadBytes() == 0);
    assertTrue(cache.stats().aheadDecodes() < CHUNKS, cache.stats().toString());
  }

  @Test
  void aDamagedProfileIsToldOnceAndReadingGoesOn() throws IOException {
    putProfile();
    Path blob = directory.resolve(Profile.key(store.manifest(REF).contentId()));
    byte[] bytes = Files.readAllBytes(blob);
    bytes[100] ^= 1;
    Files.write(blob, bytes);
    try (LogCapture log = new LogCapture()) {
      Path artifact = mountStore(null);
      assertArrayEquals(content, Files.readAllBytes(artifact.resolve("f")));
      assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(artifact.resolve("other")));
      assertEquals(1, log.lines().size(), log.lines().toString());
      assertTrue(log.lines().get(0).contains(blob.toString()), log.lines().toString());
      assertTrue(log.lines().get(0).contains("w:1 is read without it"), log.lines().toString());
    }
  }
}
