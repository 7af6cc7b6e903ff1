package io.snapfs.format.manifest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.PackId;
import io.snapfs.format.codec.Codec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestRelocationTest {
  private static final List<ManifestRelocation.PackEntry> PACKS =
      List.of(
          new ManifestRelocation.PackEntry(new PackId(1, 2), 4L << 30),
          new ManifestRelocation.PackEntry(new PackId(3, 4), 4L << 30));

  @TempDir Path scratch;

  @Test
  void changesOnlyWhereChunksAre() throws IOException {
    SampleTree tree = SampleTree.random(new Random(31), 1000);
    Manifest old = ManifestAssertions.open(tree.write(scratch));
    MemoryBlob blob = new MemoryBlob();
    ManifestRelocation.write(old, PACKS, c -> moved(old, c), blob, scratch);

    Manifest relocated = ManifestAssertions.open(blob.toBytes());
    assertArrayEquals(old.contentId(), relocated.contentId());
    ManifestAssertions.assertSameContent(tree, relocated);
    assertEquals(List.of(), ManifestAssertions.problems(relocated));
    assertEquals(2, relocated.packCount());
    assertEquals(new PackId(3, 4), relocated.packId(1));
    for (int c = 0; c < old.chunkCount(); c++) {
      assertEquals(moved(old, c).location(), relocated.chunkLocation(c));
      assertEquals(c % 2, relocated.chunkPack(c));
    }
    assertEquals(old.chunkCount(), relocated.summary().storedBytes());
    assertEquals(old.summary(), relocated.summary().withStoredBytes(old.summary().storedBytes()));
  }

  private static ManifestRelocation.Placement moved(Manifest old, int chunk) throws IOException {
    int plain = old.chunkPlainLength(chunk);
    int codec = plain == 1 ? Codec.RAW.number() : Codec.ZSTD.number();
    return new ManifestRelocation.Placement(
        chunk % 2, new ChunkLocation(128L + chunk, 1, plain, ~chunk, codec));
  }

  @Test
  void refusesAChunkOfAnotherLength() throws IOException {
    Manifest old = ManifestAssertions.open(SampleTree.small().write(scratch));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            ManifestRelocation.write(
                old,
                PACKS,
                c -> new ManifestRelocation.Placement(0, new ChunkLocation(128, 1, 2, 0, 2)),
                new MemoryBlob(),
                scratch));
  }

  @Test
  void refusesADamagedManifest() throws IOException {
    byte[] bytes = SampleTree.small().write(scratch);
    bytes[Seal.position(bytes, SectionType.NODES, 1, 4)]++;
    Manifest old = ManifestAssertions.open(Seal.sums(bytes));
    CorruptException e =
        assertThrows(
            CorruptException.class,
            () ->
                ManifestRelocation.write(
                    old, PACKS, c -> moved(old, c), new MemoryBlob(), scratch));
    assertTrue(e.getMessage().contains("content id"), e.getMessage());
  }
}
