package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Progress;
import io.snapfs.format.blob.FaultyBlobStore;
import io.snapfs.format.blob.InjectedException;
import io.snapfs.format.blob.LocalBlobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writers, readers, rm and gc on a store that fails. After each run the store is sound, what was
 * reported as published is there, and what was reported as removed is not.
 */
class FaultyStoreTest {
  private static final int OPERATIONS = 25;
  private static final int ARTIFACTS = 6;

  @TempDir private Path directory;
  private final Map<ArtifactRef, SmallArtifact> expected = new HashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void failingOperationsLoseNothing(long seed) throws IOException {
    Store.openOrCreate(directory).close();
    try (LocalBlobStore local = new LocalBlobStore(directory)) {
      FaultyBlobStore faulty = new FaultyBlobStore(local, seed);
      try (Store store = Store.of(faulty)) {
        faulty.setFaultShare(0.02);
        work(store, new Random(seed));
      }
      faulty.checkAllClosed();
      assertTrue(faulty.injected() > 0, "no faults with seed " + seed);
    }
    assertNothingLost(seed);
    assertEquals(Set.of("lock", "gc.lock", "snapfs.store"), strayFiles());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void crashesLoseNothing(long seed) throws IOException {
    Store.openOrCreate(directory).close();
    Random random = new Random(seed);
    for (int round = 0; round < 8; round++) {
      try (LocalBlobStore local = new LocalBlobStore(directory)) {
        FaultyBlobStore faulty = new FaultyBlobStore(local, seed);
        try (Store store = Store.of(faulty)) {
          faulty.crashAt(faulty.operations() + 1 + random.nextInt(300));
          work(store, random);
        }
      }
      assertNothingLost(seed);
    }
  }

  private void work(Store store, Random random) throws IOException {
    for (int i = 0; i < OPERATIONS; i++) {
      ArtifactRef ref = new ArtifactRef("a", "" + random.nextInt(ARTIFACTS));
      SmallArtifact artifact = SmallArtifact.of(random.nextLong());
      int kind = random.nextInt(10);
      try {
        if (kind < 5) {
          write(store, ref, artifact);
        } else if (kind < 7) {
          remove(store, ref);
        } else if (kind < 8) {
          Gc.run(store, false, Progress.NONE);
        } else if (expected.containsKey(ref)) {
          expected.get(ref).check(store, ref);
        }
      } catch (IOException e) {
        assertTrue(InjectedException.isCauseOf(e), () -> "not made up: " + e);
      }
    }
  }

  private void write(Store store, ArtifactRef ref, SmallArtifact artifact) throws IOException {
    if (expected.containsKey(ref)) {
      return;
    }
    expected.put(ref, artifact);
    try {
      artifact.write(store, ref);
    } catch (AlreadyExistsException e) {
      throw new AssertionError("published twice: " + ref, e);
    } catch (IOException e) {
      forgetIfMissing(ref);
      throw e;
    }
  }

  private void remove(Store store, ArtifactRef ref) throws IOException {
    if (!expected.containsKey(ref)) {
      return;
    }
    try {
      store.remove(ref);
      expected.remove(ref);
    } catch (IOException e) {
      forgetIfMissing(ref);
      throw e;
    }
  }

  /** After a failure the artifact is there whole or not at all, and stays so. */
  private void forgetIfMissing(ArtifactRef ref) {
    if (!Files.exists(directory.resolve(ref.key()))) {
      expected.remove(ref);
    }
  }

  private void assertNothingLost(long seed) throws IOException {
    try (Store store = Store.open(directory)) {
      assertEquals(expected.keySet(), Set.copyOf(store.artifacts()), "seed " + seed);
      for (ArtifactRef ref : expected.keySet()) {
        expected.get(ref).check(store, ref);
      }
      VerifyReport report = Verify.run(store, null, false, Progress.NONE);
      assertTrue(report.isClean(), "seed " + seed + ": " + report);
      Gc.run(store, false, Progress.NONE);
      VerifyReport after = Verify.run(store, null, false, Progress.NONE);
      assertTrue(after.isClean(), "seed " + seed + ": " + after);
      assertEquals(Set.of(), Set.copyOf(after.orphans()), "seed " + seed);
    }
  }

  /** Files that are neither packs nor manifests. */
  private Set<String> strayFiles() throws IOException {
    Set<String> files = new HashSet<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      paths
          .filter(Files::isRegularFile)
          .map(path -> directory.relativize(path).toString())
          .filter(name -> !name.startsWith("packs/") && !name.startsWith("artifacts/"))
          .forEach(files::add);
    }
    return files;
  }
}
