package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Progress;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.blob.SmallDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A store on a disk that is full, and on one that is read-only. */
class StoreLimitsTest {
  @TempDir private Path directory;
  private SmallDisk disk;

  @BeforeEach
  void mountSmallDisk() throws IOException {
    disk = new SmallDisk(directory, 1 << 20);
  }

  @AfterEach
  void unmount() throws IOException {
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void aFullDiskLeavesAValidStore() throws IOException {
    Map<ArtifactRef, SmallArtifact> written = new HashMap<>();
    try (Store store = Store.openOrCreate(directory)) {
      SnapfsException full = assertThrows(SnapfsException.class, () -> fill(store, written));
      assertTrue(full.getMessage().contains("no space left"), full.getMessage());
      assertTrue(written.size() > 1, "written " + written);
      assertSound(store, written);
      Gc.run(store, false, Progress.NONE);
      assertSound(store, written);
      store.remove(written.keySet().iterator().next());
      assertTrue(Gc.run(store, false, Progress.NONE).bytesFreed() > 0);
      SmallArtifact.of(new int[] {1}).write(store, new ArtifactRef("again", "1"));
    }
  }

  private static void fill(Store store, Map<ArtifactRef, SmallArtifact> written)
      throws IOException {
    for (int i = 0; i < 100; i++) {
      ArtifactRef ref = new ArtifactRef("a", "" + i);
      SmallArtifact artifact =
          SmallArtifact.of(IntStream.range(20 * i, 20 * i + 20).map(j -> 2 * j + 1).toArray());
      artifact.write(store, ref);
      written.put(ref, artifact);
    }
  }

  @Test
  void aReadOnlyStoreCanBeReadAndSaysWhyItIsNotWritten() throws IOException {
    ArtifactRef ref = new ArtifactRef("a", "1");
    SmallArtifact artifact = SmallArtifact.of(3);
    try (Store store = Store.openOrCreate(directory)) {
      artifact.write(store, ref);
    }
    disk.remount("ro");
    try (Store store = Store.open(directory);
        Store same = Store.openOrCreate(directory)) {
      assertEquals(store.id(), same.id());
      assertSound(store, Map.of(ref, artifact));
      assertEquals(1, StoreStats.of(store, Progress.NONE).artifacts().size());
      assertReadOnly(() -> store.remove(ref));
      assertReadOnly(() -> Gc.run(store, false, Progress.NONE));
      assertReadOnly(() -> artifact.write(store, new ArtifactRef("b", "1")));
    }
    Path below = directory.resolve("new/store");
    SnapfsException e = assertThrows(SnapfsException.class, () -> Store.openOrCreate(below));
    assertTrue(e.getMessage().contains("ead-only"), e.getMessage());
  }

  private static void assertReadOnly(Executable change) {
    SnapfsException e = assertThrows(SnapfsException.class, change);
    assertTrue(e.getMessage().contains("read-only"), e.getMessage());
  }

  private static void assertSound(Store store, Map<ArtifactRef, SmallArtifact> written)
      throws IOException {
    assertEquals(written.keySet(), Set.copyOf(store.artifacts()));
    for (Map.Entry<ArtifactRef, SmallArtifact> entry : written.entrySet()) {
      entry.getValue().check(store, entry.getKey());
    }
    VerifyReport report = Verify.run(store, null, false, Progress.NONE);
    assertTrue(report.isClean(), report.toString());
  }
}
