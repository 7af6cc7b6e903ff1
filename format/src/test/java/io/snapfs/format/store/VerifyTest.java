package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.ChunkId;
import io.snapfs.format.Crc32c;
import io.snapfs.format.MissingException;
import io.snapfs.format.PackId;
import io.snapfs.format.Progress;
import io.snapfs.format.TooNewException;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.BlobWriter.IfExists;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.pack.PackWriter;
import io.snapfs.format.store.VerifyReport.AffectedFile;
import io.snapfs.format.store.VerifyReport.Damage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyTest {
  private static final ArtifactRef A = new ArtifactRef("a", "1");
  private static final ArtifactRef B = new ArtifactRef("b", "1");

  /** Two packs of eight chunks; the second file lies in both. */
  private static final SmallArtifact ALL =
      SmallArtifact.of(chunks(0, 6), chunks(4, 12), chunks(12, 16));

  private static final int INDEX_AND_FOOTER = 8 * 64 + 64;

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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSoundStoreIsClean(boolean quick) throws IOException {
    assertTrue(verify(quick).isClean());
    ALL.write(store, A);
    SmallArtifact.of(3).write(store, B);
    VerifyReport report = verify(quick);
    assertTrue(report.isClean(), report.toString());
    assertEquals(2, report.artifacts());
    assertEquals(store.packs().size(), report.packs());
    StoreStats stats = StoreStats.of(store, Progress.NONE);
    assertEquals(stats.storedBytes(), report.storedBytes());
    assertEquals(List.of(), report.orphans());
    assertEquals(quick, report.quick());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDamagedChunkIsNamedWithItsFiles(boolean quick) throws IOException {
    ALL.write(store, A);
    SmallArtifact.of(chunks(6, 7), chunks(4, 6), chunks(20, 22)).write(store, B);
    int chunk = 2; // in the manifest of A: plain(2)
    int shared = 5;
    PackId pack = store.manifest(A).packId(0);
    long offset = store.manifest(A).chunkOffset(shared);
    flip(pack, offset + 3);
    flip(pack, store.manifest(A).chunkOffset(chunk));
    VerifyReport report = verify(quick);
    assertEquals(2, report.damages().size(), report.toString());
    Damage damage = find(report, store.manifest(A).chunkId(shared));
    assertEquals(pack, damage.pack());
    assertEquals(offset, damage.offset());
    assertEquals(path(pack).toString(), damage.resource());
    assertTrue(damage.problem().contains(path(pack) + " at offset " + offset));
    assertEquals(
        Set.of(new AffectedFile(A, "f0"), new AffectedFile(A, "f1"), new AffectedFile(B, "f1")),
        Set.copyOf(damage.files()));
    Damage other = find(report, store.manifest(A).chunkId(chunk));
    assertEquals(List.of(new AffectedFile(A, "f0")), other.files());
  }

  @Test
  void everyFlippedByteOfAManifestIsFound() throws IOException {
    SmallArtifact.of(chunks(0, 2)).write(store, A);
    everyFlippedByteIsFound(directory.resolve(A.key()), 0, 0);
  }

  @Test
  void everyFlippedByteAroundTheChunksOfAPackIsFound() throws IOException {
    SmallArtifact.of(chunks(0, 8)).write(store, A);
    Path file = path(store.manifest(A).packId(0));
    long length = Files.size(file);
    everyFlippedByteIsFound(file, 128, (int) length - INDEX_AND_FOOTER);
  }

  private void everyFlippedByteIsFound(Path file, int skipFrom, int skipTo) throws IOException {
    byte[] sound = Files.readAllBytes(file);
    for (int at = 0; at < sound.length; at++) {
      if (at < skipFrom || at >= skipTo) {
        byte[] damaged = sound.clone();
        damaged[at] ^= (byte) (1 << at % 8);
        Files.write(file, damaged);
        assertDamaged("byte " + at);
      }
    }
  }

  private void assertDamaged(String what) throws IOException {
    VerifyReport report = verify(true);
    assertFalse(report.isClean(), what);
    for (Damage damage : report.damages()) {
      assertTrue(damage.problem().contains(damage.resource()), damage.toString());
    }
  }

  @Test
  void flippedBytesOfChunksAreFound() throws IOException {
    ALL.write(store, A);
    Random random = new Random(4);
    for (int i = 0; i < 40; i++) {
      int chunk = random.nextInt(16);
      PackId pack = store.manifest(A).packId(store.manifest(A).chunkPack(chunk));
      long at =
          store.manifest(A).chunkOffset(chunk)
              + random.nextInt(store.manifest(A).chunkStoredLength(chunk));
      flip(pack, at);
      VerifyReport report = verify(i % 2 == 0);
      assertEquals(1, report.damages().size(), "byte " + at + ": " + report);
      assertEquals(store.manifest(A).chunkId(chunk), report.damages().get(0).chunk());
      flip(pack, at);
    }
    assertTrue(verify(false).isClean());
  }

  @Test
  void aDamagedIndexLeavesTheChunksReadable() throws IOException {
    ALL.write(store, A);
    PackId pack = store.manifest(A).packId(1);
    flip(pack, Files.size(path(pack)) - 100);
    flip(pack, store.manifest(A).chunkOffset(9));
    VerifyReport report = verify(false);
    assertEquals(2, report.damages().size(), report.toString());
    Damage index = report.damages().stream().filter(d -> d.chunk() == null).findAny().orElseThrow();
    assertEquals(pack, index.pack());
    assertEquals(List.of(), index.files());
    Damage chunk = find(report, store.manifest(A).chunkId(9));
    assertEquals(List.of(new AffectedFile(A, "f1")), chunk.files());
  }

  @Test
  void aLostPackHitsItsFiles() throws IOException {
    ALL.write(store, A);
    PackId lost = store.manifest(A).packId(1);
    Files.delete(path(lost));
    Damage damage = only(verify(true));
    assertEquals(lost, damage.pack());
    assertTrue(damage.problem().contains("lost"), damage.problem());
    assertEquals(List.of(new AffectedFile(A, "f1"), new AffectedFile(A, "f2")), damage.files());
  }

  @Test
  void aTruncatedPackHitsItsFiles() throws IOException {
    ALL.write(store, A);
    PackId pack = store.manifest(A).packId(0);
    byte[] whole = Files.readAllBytes(path(pack));
    for (int length : new int[] {0, 1, 127, 128, 5000, whole.length - 64, whole.length - 1}) {
      Files.write(path(pack), Arrays.copyOf(whole, length));
      Damage damage = only(verify(true));
      assertEquals(pack, damage.pack(), "length " + length);
      assertEquals(List.of(new AffectedFile(A, "f0"), new AffectedFile(A, "f1")), damage.files());
    }
  }

  @Test
  void aPackThatIsSwappedForAnotherIsFound() throws IOException {
    ALL.write(store, A);
    Files.copy(
        path(store.manifest(A).packId(1)),
        path(store.manifest(A).packId(0)),
        StandardCopyOption.REPLACE_EXISTING);
    assertEquals(store.manifest(A).packId(0), only(verify(true)).pack());
  }

  @Test
  void aPackThatWasMadeAnewWithOtherChunksIsFound() throws IOException {
    ALL.write(store, A);
    PackId pack = store.manifest(A).packId(0);
    Files.delete(path(pack));
    writePack(pack, ChunkId.wrap(sha256(SmallArtifact.plain(3))), SmallArtifact.plain(3));
    VerifyReport report = verify(true);
    assertFalse(report.isClean());
    assertTrue(report.damages().stream().allMatch(damage -> A.equals(damage.artifact())));
    assertTrue(report.damages().get(0).files().contains(new AffectedFile(A, "f0")));
  }

  @Test
  void aChunkUnderAWrongIdIsFoundByDecoding() throws IOException {
    PackId pack = PackId.random();
    ChunkId wrong = ChunkId.wrap(new byte[32]);
    writePack(pack, wrong, SmallArtifact.plain(3));
    assertTrue(verify(true).isClean());
    Damage damage = only(verify(false));
    assertEquals(wrong, damage.chunk());
    assertEquals(List.of(), damage.files());
    assertEquals(List.of(pack), verify(true).orphans());
  }

  @Test
  void oneArtifactIsCheckedAlone() throws IOException {
    ALL.write(store, A);
    SmallArtifact.of(chunks(0, 2), chunks(30, 32)).write(store, B);
    PackId notOfB = store.manifest(A).packId(1);
    flip(notOfB, 200);
    flip(store.manifest(A).packId(0), store.manifest(A).chunkOffset(5));
    VerifyReport report = Verify.run(store, B, false, Progress.NONE);
    assertTrue(report.isClean(), report.toString());
    assertEquals(1, report.artifacts());
    assertEquals(4, report.chunks());
    assertEquals(2, verify(false).damages().size());
    assertThrows(
        MissingException.class,
        () -> Verify.run(store, new ArtifactRef("no", "1"), true, Progress.NONE));
  }

  @Test
  void aDamagedDescriptorIsReportedAndTheRestChecked() throws IOException {
    ALL.write(store, A);
    Path file = directory.resolve("snapfs.store");
    byte[] bytes = Files.readAllBytes(file);
    bytes[30] ^= 1;
    Files.write(file, bytes);
    VerifyReport report = verify(false);
    assertEquals(file.toString(), only(report).resource());
    assertEquals(16, report.chunks());
  }

  @Test
  void whatIsTooNewIsNotCalledDamaged() throws IOException {
    Path file = directory.resolve("snapfs.store");
    ByteBuffer bytes =
        StoreDescriptor.buffer().put(Files.readAllBytes(file)).putShort(8, (short) 2);
    bytes.putInt(60, Crc32c.of(bytes, 0, 60));
    byte[] changed = new byte[64];
    bytes.get(0, changed);
    Files.write(file, changed);
    assertThrows(TooNewException.class, () -> verify(true));
  }

  @Test
  void progressGoesUpToTheEnd() throws IOException {
    ALL.write(store, A);
    List<Long> done = Collections.synchronizedList(new ArrayList<>());
    VerifyReport report =
        Verify.run(
            store,
            null,
            false,
            (what, now, total) -> {
              if (what.equals("verifying")) {
                assertTrue(now <= total);
                done.add(now);
              }
            });
    assertEquals(report.storedBytes(), done.get(done.size() - 1));
    assertEquals(done.stream().sorted().toList(), done);
  }

  private static int[] chunks(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  private void writePack(PackId pack, ChunkId id, byte[] plain) throws IOException {
    try (WriteSession session = store.blobs().beginWrite();
        BlobWriter blob = session.create(pack.key());
        PackWriter writer = new PackWriter(blob, pack)) {
      writer.append(id, ByteBuffer.allocateDirect(plain.length).put(plain).flip(), plain.length, 0);
      writer.finish();
      session.pinOwn(pack);
      blob.publish(IfExists.FAIL);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path path(PackId pack) {
    return directory.resolve(pack.key());
  }

  private void flip(PackId pack, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(path(pack));
    bytes[(int) at] ^= 1;
    Files.write(path(pack), bytes);
  }

  private static Damage find(VerifyReport report, ChunkId chunk) {
    return report.damages().stream()
        .filter(damage -> chunk.equals(damage.chunk()))
        .findAny()
        .orElseThrow();
  }

  private static Damage only(VerifyReport report) {
    assertEquals(1, report.damages().size(), report.toString());
    return report.damages().get(0);
  }

  private VerifyReport verify(boolean quick) throws IOException {
    return Verify.run(store, null, quick, Progress.NONE);
  }
}
