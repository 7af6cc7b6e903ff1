package io.snapfs.format.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import io.snapfs.format.blob.MemoryBlob;
import io.snapfs.format.codec.ChunkDecoder;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damage anywhere in a pack is found and explained; nothing wrong is ever handed out. */
class PackDamageTest {
  private final long seed = Long.getLong("snapfs.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final SamplePack sample = new SamplePack();

  @Test
  void everyDamagedByteOfHeaderAndFooterIsFoundAtOpen() {
    for (int i = 0; i < 128; i++) {
      assertRefusedByBoth(flipped(i), "header byte " + i);
    }
    for (int i = sample.footer(); i < sample.bytes.length; i++) {
      // the last magic is not under the checksum but compared; all else is
      assertRefusedByBoth(flipped(i), "footer byte " + (i - sample.footer()));
    }
  }

  @Test
  void everyDamagedByteOfTheIndexIsFoundWhenItIsRead() {
    for (int i = sample.index(); i < sample.footer(); i++) {
      byte[] damaged = flipped(i);
      CorruptException e =
          assertThrows(
              CorruptException.class,
              () -> Opener.asIndex(damaged, SamplePack.ID),
              "index byte " + (i - sample.index()));
      assertEquals(sample.index(), e.offset());
    }
  }

  /** Any other byte lies in a stored chunk, whose checksum finds it, or in the padding. */
  @Test
  void everyDamagedByteOfTheDataHitsOneChunkOnly() throws Exception {
    try (ChunkDecoder decoder = new ChunkDecoder()) {
      for (int i = 128; i < sample.index(); i += 1 + random.nextInt(7)) {
        byte[] damaged = flipped(i);
        int bad = 0;
        for (Map.Entry<ChunkId, ChunkLocation> chunk : sample.locations.entrySet()) {
          bad += readsRight(damaged, decoder, chunk.getKey(), chunk.getValue()) ? 0 : 1;
        }
        assertEquals(i < sample.dataEnd() ? 1 : 0, bad, "byte " + i + ", seed " + seed);
      }
    }
  }

  private boolean readsRight(byte[] bytes, ChunkDecoder decoder, ChunkId id, ChunkLocation location)
      throws IOException {
    try (PackFile pack =
        PackFile.open(MemoryBlob.reader(SamplePack.NAME, bytes), SamplePack.ID, -1)) {
      assertArrayEquals(sample.plain.get(id), PackTest.decode(pack, decoder, location));
      return true;
    } catch (CorruptException e) {
      assertEquals(location.offset(), e.offset());
      return false;
    }
  }

  @Test
  void everyTruncationIsFoundAtOpen() {
    for (int length = 0; length < sample.bytes.length; length++) {
      assertRefusedByBoth(Arrays.copyOf(sample.bytes, length), "truncated to " + length);
    }
  }

  @Test
  void trailingBytesAreFoundAtOpen() {
    for (int more : new int[] {1, 63, 64, 4096}) {
      assertRefusedByBoth(
          Arrays.copyOf(sample.bytes, sample.bytes.length + more), more + " zeros appended");
    }
    byte[] twice = Arrays.copyOf(sample.bytes, 2 * sample.bytes.length);
    System.arraycopy(sample.bytes, 0, twice, sample.bytes.length, sample.bytes.length);
    assertRefusedByBoth(twice, "pack written twice");
  }

  @Test
  void whatIsNoPackIsRefused() {
    byte[] noise = new byte[10_000];
    random.nextBytes(noise);
    assertRefusedByBoth(noise, "noise, seed " + seed);
    assertRefusedByBoth(new byte[10_000], "zeros");
    CorruptException e =
        assertThrows(CorruptException.class, () -> Opener.asFile(new byte[500], SamplePack.ID));
    assertTrue(e.getMessage().contains("is this a pack at all?"), e.getMessage());
  }

  private byte[] flipped(int at) {
    byte[] damaged = sample.bytes.clone();
    damaged[at] ^= (byte) (1 + random.nextInt(255));
    return damaged;
  }

  private void assertRefusedByBoth(byte[] bytes, String what) {
    for (Opener opener : Opener.ALL) {
      SnapfsException e =
          assertThrows(
              SnapfsException.class,
              () -> opener.open(bytes, SamplePack.ID),
              what + ", seed " + seed);
      assertTrue(e instanceof CorruptException || e instanceof TooNewException, what + ": " + e);
      assertTrue(e.getMessage().startsWith(SamplePack.NAME), e.getMessage());
    }
  }
}
