package io.snapfs.format.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Progress;
import io.snapfs.format.blob.FaultyBlobStore;
import io.snapfs.format.blob.LocalBlobStore;
import io.snapfs.format.store.Gc;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.format.store.Verify;
import io.snapfs.format.unpack.Unpacker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Packing into, unpacking from and collecting a store that fails: a run either succeeds and what it
 * published is right, or it fails and published nothing.
 */
class PackerFaultTest {
  private static final int RUNS = 8;

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aRunSucceedsWhollyOrNotAtAll(long seed) throws IOException {
    Path directory = temp.resolve("store");
    Store.openOrCreate(directory).close();
    Random random = new Random(seed);
    byte[] bytes = new byte[3 << 20];
    random.nextBytes(bytes);
    Path source = Files.createDirectory(temp.resolve("source"));
    int succeeded = 0;
    for (int run = 0; run < RUNS; run++) {
      random.nextBytes(bytes);
      Files.write(source.resolve("f"), bytes);
      ArtifactRef ref = new ArtifactRef("a", "" + run);
      boolean published = packWithFaults(directory, source, ref, random.nextLong());
      succeeded += published ? 1 : 0;
      check(directory, ref, published, bytes, "seed " + seed + ", run " + run);
    }
    assertTrue(succeeded < RUNS, "no faults with seed " + seed);
  }

  private static boolean packWithFaults(Path directory, Path source, ArtifactRef ref, long seed)
      throws IOException {
    try (LocalBlobStore local = new LocalBlobStore(directory)) {
      FaultyBlobStore faulty = new FaultyBlobStore(local, seed);
      boolean published = false;
      try (Store store = Store.of(faulty)) {
        faulty.setFaultShare(0.03);
        new Packer(store, PackOptions.defaults().withJobs(2)).pack(source, ref);
        published = true;
        Gc.run(store, false, Progress.NONE);
      } catch (IOException e) {
        assertFalse(e.getMessage().isBlank());
      }
      faulty.checkAllClosed();
      return published;
    }
  }

  private void check(
      Path directory, ArtifactRef ref, boolean published, byte[] bytes, String context)
      throws IOException {
    try (Store store = Store.open(directory)) {
      assertEquals(
          "[]", Verify.run(store, null, false, Progress.NONE).damages().toString(), context);
      // A run may fail after its publication, when it can't say so any more; never the other way.
      assertTrue(!published || store.exists(ref), context);
      if (store.exists(ref)) {
        Path target = temp.resolve("unpacked-" + ref.tag());
        try (OpenArtifact artifact = store.openArtifact(ref)) {
          new Unpacker(artifact, 2, Progress.NONE).unpack(target);
        }
        assertArrayEquals(bytes, Files.readAllBytes(target.resolve("f")), context);
      }
    }
  }
}
