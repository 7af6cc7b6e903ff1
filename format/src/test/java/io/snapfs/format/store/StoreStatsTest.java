package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Progress;
import io.snapfs.format.store.StoreStats.ArtifactStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreStatsTest {
  private static final ArtifactRef A = new ArtifactRef("a", "1");
  private static final ArtifactRef B = new ArtifactRef("b", "1");

  @TempDir private Path directory;
  private Store store;

  @BeforeEach
  void create() throws IOException {
    store = Store.openOrCreate(directory);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  @Test
  void anEmptyStore() throws IOException {
    StoreStats stats = stats();
    assertEquals(new StoreStats(List.of(), 0, 0, 0, 0), stats);
    assertEquals(1, stats.dedupRatio());
  }

  @Test
  void countsWhatIsSharedAndWhatIsNot() throws IOException {
    // Odd chunks don't compress and are stored raw, so stored lengths are known.
    SmallArtifact.of(new int[] {1, 3, SmallArtifact.HOLE}, new int[] {1, 5}).write(store, A);
    SmallArtifact.of(new int[] {3, 7}).write(store, B);
    StoreStats stats = stats();
    assertEquals(List.of(A, B), stats.artifacts().stream().map(ArtifactStats::ref).toList());
    ArtifactStats a = stats.artifacts().get(0);
    assertEquals(length(1, 3, 1, 5) + SmallArtifact.HOLE_BYTES, a.logicalBytes());
    assertEquals(length(1, 3, 5), a.plainBytes());
    assertEquals(length(1, 3, 5), a.storedBytes());
    assertEquals(length(1, 5), a.uniqueBytes());
    ArtifactStats b = stats.artifacts().get(1);
    assertEquals(length(3, 7), b.storedBytes());
    assertEquals(length(7), b.uniqueBytes());
    assertEquals(length(1, 3, 5, 7), stats.storedBytes());
    assertEquals(0, stats.deadBytes());
    assertEquals(2, stats.packs());
    assertTrue(stats.packFileBytes() > stats.storedBytes());
    assertEquals(a.logicalBytes() + b.logicalBytes(), stats.logicalBytes());
    assertEquals((double) length(1, 3, 5, 3, 7) / length(1, 3, 5, 7), stats.dedupRatio());
  }

  @Test
  void whatWasRemovedIsDead() throws IOException {
    SmallArtifact.of(new int[] {1, 3, 5}).write(store, A);
    SmallArtifact.of(new int[] {3}).write(store, B);
    store.remove(A);
    StoreStats stats = stats();
    assertEquals(length(1, 5), stats.deadBytes());
    assertEquals(length(3), stats.liveBytes());
    assertEquals(length(3), stats.artifacts().get(0).uniqueBytes());
  }

  @Test
  void aDamagedStoreIsNotCounted() throws IOException {
    SmallArtifact.of(new int[] {1}).write(store, A);
    Files.write(directory.resolve(A.key()), new byte[500]);
    CorruptException e = assertThrows(CorruptException.class, this::stats);
    assertTrue(e.getMessage().contains(A.key()), e.getMessage());
  }

  private static long length(int... chunks) {
    long length = 0;
    for (int chunk : chunks) {
      length += SmallArtifact.plain(chunk).length;
    }
    return length;
  }

  private StoreStats stats() throws IOException {
    return StoreStats.of(store, Progress.NONE);
  }
}
