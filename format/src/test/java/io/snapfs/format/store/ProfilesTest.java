package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.ChunkId;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Progress;
import io.snapfs.format.TooNewException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Profile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilesTest {
  private static final ArtifactRef A = ArtifactRef.parse("a:1");
  private static final ArtifactRef B = ArtifactRef.parse("b:1");
  private static final SmallArtifact SOME = SmallArtifact.of(new int[] {3, 1, 4, 15, 9, 2, 6});
  private static final int[] ORDER = {6, 2, 3, 0};

  @TempDir private Path directory;
  private Store store;

  @BeforeEach
  void create() throws IOException {
    store = Store.openOrCreate(directory);
    SOME.write(store, A);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private Profile profileOf(ArtifactRef ref, int... order) throws IOException {
    Manifest manifest = store.manifest(ref);
    return Profile.of(manifest.contentId(), manifest.chunkCount(), order);
  }

  private void putProfile(ArtifactRef ref, int... order) throws IOException {
    Profiles.put(store, profileOf(ref, order));
  }

  private Profile find(ArtifactRef ref) throws IOException {
    return Profiles.find(store, store.manifest(ref));
  }

  private static List<Integer> order(Profile profile) {
    return IntStream.range(0, profile.size()).map(profile::chunk).boxed().toList();
  }

  private List<Path> blobs() throws IOException {
    Path profiles = directory.resolve("profiles");
    if (!Files.exists(profiles)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(profiles)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private GcReport gc() throws IOException {
    return Gc.run(store, false, Progress.NONE);
  }

  @Test
  void whatWasPutIsFoundUntilItIsRemoved() throws IOException {
    assertNull(find(A));
    assertEquals(OptionalInt.empty(), Profiles.size(store, store.manifest(A)));
    putProfile(A, ORDER);
    assertEquals(List.of(6, 2, 3, 0), order(find(A)));
    assertEquals(OptionalInt.of(4), Profiles.size(store, store.manifest(A)));
    putProfile(A, 1);
    assertEquals(List.of(1), order(find(A)));
    assertEquals(1, blobs().size());
    assertTrue(Profiles.remove(store, store.manifest(A)));
    assertNull(find(A));
    assertFalse(Profiles.remove(store, store.manifest(A)));
  }

  @Test
  void artifactsOfEqualContentHaveOneProfile() throws IOException {
    SOME.write(store, B);
    putProfile(A, ORDER);
    assertEquals(List.of(6, 2, 3, 0), order(find(B)));
    store.remove(A);
    assertEquals(0, gc().profilesDeleted());
    assertEquals(4, find(B).size());
  }

  @Test
  void gcDeletesTheProfileOfARemovedArtifact() throws IOException {
    putProfile(A, ORDER);
    assertEquals(0, gc().profilesDeleted());
    store.remove(A);
    assertEquals(1, Gc.run(store, true, Progress.NONE).profilesDeleted());
    assertEquals(1, blobs().size());
    assertEquals(1, gc().profilesDeleted());
    assertEquals(List.of(), blobs());
  }

  @Test
  void aNamePublishedAgainWithOtherContentHasNone() throws IOException {
    putProfile(A, ORDER);
    store.remove(A);
    SmallArtifact.of(new int[] {3, 1, 4, 15, 9, 2, 7}).write(store, A);
    assertNull(find(A));
    assertEquals(1, gc().profilesDeleted());
    assertEquals(List.of(), blobs());
  }

  @Test
  void aProfileMeansTheSameChunksAfterGcHasMovedThem() throws IOException {
    SmallArtifact.of(IntStream.range(0, 32).toArray()).write(store, B);
    store.remove(A);
    gc();
    SmallArtifact some = SmallArtifact.of(new int[] {20, 2, 11, 30, 5});
    some.write(store, A); // shares them with B, which goes
    putProfile(A, 4, 1, 3);
    Manifest before = store.manifest(A);
    store.remove(B);
    assertTrue(gc().packsRewritten() > 0);
    Manifest after = store.manifest(A);
    assertNotEquals(before.packId(before.chunkPack(4)), after.packId(after.chunkPack(4)));
    Profile profile = find(A);
    assertEquals(List.of(4, 1, 3), order(profile));
    for (int i = 0; i < profile.size(); i++) {
      ChunkId chunk = before.chunkId(profile.chunk(i));
      assertEquals(chunk, after.chunkId(profile.chunk(i)));
    }
  }

  @Test
  void verifyChecksProfilesAndReadingDoesNotCare() throws IOException {
    putProfile(A, ORDER);
    assertEquals(1, Verify.run(store, null, true, Progress.NONE).profiles());
    byte[] good = Files.readAllBytes(blobs().get(0));
    for (int offset = 0; offset < good.length; offset++) {
      byte[] bad = good.clone();
      bad[offset] ^= 4;
      Files.write(blobs().get(0), bad);
      assertThrows(CorruptException.class, () -> find(A), "offset " + offset);
    }
    for (ArtifactRef only : new ArtifactRef[] {null, A}) {
      VerifyReport report = Verify.run(store, only, false, Progress.NONE);
      assertEquals(1, report.damages().size());
      VerifyReport.Damage damage = report.damages().get(0);
      assertEquals(A, damage.artifact());
      assertEquals(blobs().get(0).toString(), damage.resource());
      assertTrue(damage.problem().contains("'snapfs profile rm'"), damage.problem());
      assertEquals(List.of(), damage.files());
    }
    SOME.check(store, A);
    assertEquals(0, gc().profilesDeleted());
    assertTrue(Profiles.remove(store, store.manifest(A)));
    assertTrue(Verify.run(store, null, false, Progress.NONE).isClean());
  }

  @Test
  void aProfileForAnotherNumberOfChunksIsRefused() throws IOException {
    Profiles.put(store, Profile.of(store.manifest(A).contentId(), 8, 7));
    CorruptException e = assertThrows(CorruptException.class, () -> find(A));
    assertTrue(e.getMessage().contains("the artifact has 7"), e.getMessage());
  }

  @Test
  void aTooNewProfileIsNoDamage() throws IOException {
    putProfile(A, ORDER);
    byte[] bytes = Files.readAllBytes(blobs().get(0));
    bytes[8] = 9;
    ByteBuffer blob = ByteBuffer.wrap(bytes);
    blob.order(ByteOrder.LITTLE_ENDIAN).putInt(92, Crc32c.of(blob, 0, 92));
    Files.write(blobs().get(0), bytes);
    assertThrows(TooNewException.class, () -> find(A));
  }
}
