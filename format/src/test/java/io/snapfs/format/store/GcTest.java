package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.PackId;
import io.snapfs.format.Progress;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.BlobWriter.IfExists;
import io.snapfs.format.blob.LocalBlobStore;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.pack.PackWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcTest {
  private static final ArtifactRef A = new ArtifactRef("a", "1");
  private static final ArtifactRef B = new ArtifactRef("b", "1");
  private static final ArtifactRef C = new ArtifactRef("c", "1");

  /** Four packs of eight chunks. */
  private static final SmallArtifact ALL = SmallArtifact.of(chunks(0, 32));

  /** All of the first pack, half of the second, one chunk of the third. */
  private static final SmallArtifact SOME = SmallArtifact.of(chunks(0, 12), chunks(16, 17));

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
  void anEmptyStoreHasNoGarbage() throws IOException {
    assertEquals(new GcReport(false, 0, 0, 0, 0, 0, List.of()), gc());
  }

  @Test
  void whatIsInUseStays() throws IOException {
    ALL.write(store, A);
    SmallArtifact.of(5).write(store, B);
    Set<PackId> packs = store.packs().keySet();
    assertEquals(0, gc().bytesFreed());
    assertEquals(packs, store.packs().keySet());
    ALL.check(store, A);
    SmallArtifact.of(5).check(store, B);
  }

  @Test
  void whatNothingRefersToGoes() throws IOException {
    ALL.write(store, A);
    long bytes = packBytes();
    store.remove(A);
    assertEquals(bytes, packBytes());
    GcReport report = gc();
    assertEquals(4, report.packsDeleted());
    assertEquals(bytes, report.bytesFreed());
    assertEquals(Set.of(), store.packs().keySet());
  }

  @Test
  void packsWithDeadChunksAreRewritten() throws IOException {
    ALL.write(store, A);
    SOME.write(store, B);
    Set<PackId> before = store.packs().keySet();
    long bytesBefore = packBytes();
    byte[] contentId = store.manifest(B).contentId();
    store.remove(A);
    GcReport report = gc();
    assertEquals(1, report.packsDeleted());
    assertEquals(2, report.packsRewritten());
    assertEquals(List.of(), report.leftAlone());
    Set<PackId> kept = store.packs().keySet();
    kept.retainAll(before);
    assertEquals(1, kept.size());
    assertEquals(2, store.packs().size());
    assertTrue(packBytes() <= bytesBefore - report.bytesFreed(), "less than was said");
    SOME.check(store, B);
    assertArrayEquals(contentId, store.manifest(B).contentId());
    assertSound();
    assertEquals(0, StoreStats.of(store, Progress.NONE).deadBytes());
    assertEquals(0, gc().bytesFreed());
  }

  @Test
  void aDryRunSaysTheSameAndChangesNothing() throws IOException {
    ALL.write(store, A);
    SOME.write(store, B);
    store.remove(A);
    Path dead = Files.createDirectories(directory.resolve("tmp/" + UUID.randomUUID()));
    Files.write(dead.resolve("0"), new byte[123]);
    Set<PackId> before = store.packs().keySet();
    GcReport dry = Gc.run(store, true, Progress.NONE);
    assertEquals(before, store.packs().keySet());
    assertTrue(Files.exists(dead));
    assertTrue(dry.dryRun());
    GcReport real = gc();
    assertEquals(123, real.temporaryBytesCleaned());
    assertFalse(Files.exists(dead));
    assertEquals(
        new GcReport(
            true,
            real.packsDeleted(),
            real.packsRewritten(),
            real.profilesDeleted(),
            real.bytesFreed(),
            real.temporaryBytesCleaned(),
            real.leftAlone()),
        dry);
  }

  @Test
  void aLittleDeadIsNotWorthIt() throws IOException {
    ALL.write(store, A);
    int smallest =
        IntStream.range(0, 32)
            .boxed()
            .min(Comparator.comparing(i -> SmallArtifact.plain(i).length))
            .orElseThrow();
    SmallArtifact most =
        SmallArtifact.of(IntStream.range(0, 32).filter(i -> i != smallest).toArray());
    most.write(store, B);
    store.remove(A);
    assertEquals(0, gc().packsRewritten());
    assertNotEquals(0, StoreStats.of(store, Progress.NONE).deadBytes());
  }

  @Test
  void aWritersPacksStay() throws IOException {
    PackId own = PackId.random();
    ALL.write(store, A);
    PackId pinned = store.packs().keySet().iterator().next();
    store.remove(A);
    try (WriteSession session = store.blobs().beginWrite()) {
      assertTrue(session.pin(pinned));
      session.pinOwn(own);
      try (BlobWriter blob = session.create(own.key());
          var pack = new PackWriter(blob, own)) {
        pack.finish();
        blob.publish(IfExists.FAIL);
      }
      gc();
      assertEquals(Set.of(pinned, own), store.packs().keySet());
    }
    gc();
    assertEquals(Set.of(), store.packs().keySet());
  }

  @Test
  void oneGcAtATime() throws IOException {
    try (Closeable other = store.blobs().tryLockForGc()) {
      assertNotNull(other);
      SnapfsException e = assertThrows(SnapfsException.class, this::gc);
      assertTrue(e.getMessage().contains("another gc"), e.getMessage());
    }
  }

  @Test
  void readersReadOn() throws IOException {
    ALL.write(store, A);
    SOME.write(store, B);
    try (OpenArtifact a = store.openArtifact(A);
        OpenArtifact b = store.openArtifact(B)) {
      store.remove(A);
      assertEquals(2, gc().packsRewritten());
      store.remove(B);
      gc();
      assertEquals(Set.of(), store.packs().keySet());
      ALL.check(a);
      SOME.check(b);
    }
  }

  @Test
  void openingSurvivesAGcInBetween() throws IOException {
    ALL.write(store, A);
    SOME.write(store, B);
    store.remove(A);
    try (Store hooked = Store.of(hook("open packs/", this::gc))) {
      SOME.check(hooked, B);
    }
  }

  @Test
  void aLostPackIsNamedWithTheArtifact() throws IOException {
    ALL.write(store, A);
    PackId lost = store.packs().keySet().iterator().next();
    Files.delete(directory.resolve(lost.key()));
    CorruptException e = assertThrows(CorruptException.class, () -> store.openArtifact(A));
    assertTrue(e.getMessage().contains(lost.toString()), e.getMessage());
    assertTrue(e.getMessage().contains("a:1"), e.getMessage());
    assertRefused(CorruptException.class);
  }

  @Test
  void whatAWriterPinsWhileChunksAreCopiedStays() throws IOException {
    ALL.write(store, A);
    SOME.write(store, B);
    store.remove(A);
    Set<PackId> pinned = new HashSet<>();
    try (WriteSession writer = store.blobs().beginWrite();
        Store hooked =
            Store.of(
                hook(
                    "lockForSweep 2",
                    () -> {
                      for (PackId pack : store.packs().keySet()) {
                        assertTrue(writer.pin(pack));
                        pinned.add(pack);
                      }
                    }))) {
      assertEquals(0, Gc.run(hooked, false, Progress.NONE).packsRewritten());
      // Those that gc itself had just written are among them.
      assertEquals(pinned, store.packs().keySet());
    }
    SOME.check(store, B);
    assertEquals(2, gc().packsRewritten());
    assertSound();
  }

  /** Repeated, since chance decides whether it finds a chunk in its old pack or in gc's new one. */
  @RepeatedTest(10)
  void aDeadChunkThatComesToLifeWhileOthersAreCopiedIsKept() throws IOException {
    ALL.write(store, A);
    SOME.write(store, B);
    store.remove(A);
    try (Store hooked = Store.of(hook("lockForSweep 2", () -> ALL.write(store, C)))) {
      Gc.run(hooked, false, Progress.NONE);
    }
    SOME.check(store, B);
    ALL.check(store, C);
    assertSound();
  }

  @Test
  void anArtifactThatIsRemovedWhileChunksAreCopiedStaysRemoved() throws IOException {
    ALL.write(store, A);
    SOME.write(store, B);
    store.remove(A);
    try (Store hooked = Store.of(hook("lockForSweep 2", () -> store.remove(B)))) {
      Gc.run(hooked, false, Progress.NONE);
    }
    assertFalse(store.exists(B));
    gc();
    assertEquals(Set.of(), store.packs().keySet());
  }

  @Test
  void nothingIsDeletedFromADamagedStore() throws IOException {
    ALL.write(store, A);
    SOME.write(store, B);
    store.remove(A);
    Path manifest = directory.resolve(B.key());
    byte[] sound = Files.readAllBytes(manifest);
    for (int at : new int[] {0, 130, sound.length / 2, sound.length - 1}) {
      byte[] damaged = sound.clone();
      damaged[at] ^= 4;
      Files.write(manifest, damaged);
      assertRefused(CorruptException.class);
    }
    Files.write(manifest, sound);
    Path pack = directory.resolve(store.packs().keySet().iterator().next().key());
    byte[] packBytes = Files.readAllBytes(pack);
    byte[] damaged = packBytes.clone();
    damaged[packBytes.length - 100] ^= 1;
    Files.write(pack, damaged);
    assertRefused(CorruptException.class);
    Files.write(pack, packBytes);
    assertEquals(2, gc().packsRewritten());
  }

  @Test
  void nothingIsDeletedIfAManifestIsTooNew() throws IOException {
    ALL.write(store, A);
    SOME.write(store, B);
    store.remove(A);
    Path manifest = directory.resolve(B.key());
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(manifest)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort(8, (short) 2).putInt(124, Crc32c.of(bytes, 0, 124));
    Files.write(manifest, bytes.array());
    assertRefused(TooNewException.class);
  }

  @Test
  void aDamagedChunkIsNotCopiedAndItsPackStays() throws IOException {
    ALL.write(store, A);
    SmallArtifact half = SmallArtifact.of(chunks(0, 4), chunks(8, 12));
    half.write(store, B);
    store.remove(A);
    PackId damaged = store.manifest(B).packId(0);
    Path pack = directory.resolve(damaged.key());
    byte[] bytes = Files.readAllBytes(pack);
    bytes[130] ^= 1;
    Files.write(pack, bytes);
    GcReport report = gc();
    assertEquals(1, report.packsRewritten());
    assertEquals(1, report.leftAlone().size());
    assertTrue(report.leftAlone().get(0).contains(damaged.toString()), report.toString());
    assertTrue(store.packs().containsKey(damaged));
    VerifyReport verified = Verify.run(store, null, false, Progress.NONE);
    assertEquals(1, verified.damages().size(), verified.toString());
    assertEquals(Set.of(), Set.copyOf(verified.orphans()));
  }

  private static int[] chunks(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  private GcReport gc() throws IOException {
    return Gc.run(store, false, Progress.NONE);
  }

  private void assertRefused(Class<? extends SnapfsException> type) throws IOException {
    Set<PackId> before = store.packs().keySet();
    assertThrows(type, this::gc);
    assertEquals(before, store.packs().keySet());
  }

  private void assertSound() throws IOException {
    VerifyReport report = Verify.run(store, null, false, Progress.NONE);
    assertTrue(report.isClean(), report.toString());
  }

  private long packBytes() throws IOException {
    return store.packs().values().stream().mapToLong(Long::longValue).sum();
  }

  private HookedBlobStore hook(String moment, HookedBlobStore.Hook hook) throws IOException {
    return new HookedBlobStore(new LocalBlobStore(directory), moment, hook);
  }
}
