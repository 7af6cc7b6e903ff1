package io.snapfs.format.pack;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import io.snapfs.format.TooNewException;
import io.snapfs.format.pack.SamplePack.Change;
import org.junit.jupiter.api.Test;

/** Fields that lie under checksums that are right: what a hostile or a newer writer makes. */
class PackLieTest {
  private static final int ENTRY = 64;

  private final SamplePack sample = new SamplePack();
  private final int index = sample.index();
  private final int footer = sample.footer();

  @Test
  void newerVersionsAreTooNew() {
    assertTooNew(p -> p.putShort(8, (short) 2), "pack version 2");
    assertTooNew(p -> p.putShort(8, (short) 0xffff), "pack version 65535");
    assertTooNew(p -> p.putShort(footer + 40, (short) 2), "pack version 2");
    assertLie(p -> p.putShort(8, (short) 0), "pack version 0");
    assertLie(p -> p.putShort(footer + 40, (short) 0), "pack version 0");
  }

  @Test
  void unknownRequiredFeaturesAreTooNewAndOptionalOnesIgnored() throws Exception {
    assertTooNew(p -> p.putInt(12, 2), "unknown features (flags 00000002)");
    assertTooNew(p -> p.putInt(12, 1 << 31), "unknown features (flags 80000000)");
    for (Opener opener : Opener.ALL) {
      opener.open(sample.forged(p -> p.putInt(16, -1).putInt(20, -1)), SamplePack.ID);
    }
  }

  @Test
  void encryptionIsNamed() {
    assertTooNew(p -> p.putInt(12, 1), "it is encrypted");
    assertTooNew(
        p -> p.put(40, (byte) 0xab).put(55, (byte) 0xcd),
        "it is encrypted, with the key of id ab0000000000000000000000000000cd");
    assertTooNew(p -> p.put(79, (byte) 1), "it is encrypted");
  }

  @Test
  void reservedBytesAreNotRead() throws Exception {
    byte[] reserved =
        sample.forged(
            p ->
                p.put(80, new byte[44])
                    .put(90, (byte) 1)
                    .put(footer + 42, (byte) 1)
                    .put(index + 53, (byte) 1));
    for (Opener opener : Opener.ALL) {
      opener.open(reserved, SamplePack.ID);
    }
  }

  @Test
  void headerLengthMustBeThatOfTheVersion() {
    assertLie(p -> p.putShort(10, (short) 64), "header length is 64 instead of 128");
  }

  @Test
  void headerAndFooterMustBeOfOnePack() {
    assertLie(p -> new PackId(3, 4).write(p, footer + 16), "footer of pack 0300");
  }

  @Test
  void footerCannotPointElsewhere() {
    for (long offset :
        new long[] {
          0, 64, 128, index - 64, index + 64, index + 1, footer, -64, Long.MIN_VALUE, Long.MAX_VALUE
        }) {
      assertLie(p -> p.putLong(footer, offset), "can't lie at offset");
    }
    int count = sample.plain.size();
    for (int lie : new int[] {0, count - 1, count + 1, Limits.MAX_PACK_ENTRIES}) {
      assertLie(p -> p.putInt(footer + 8, lie), "can't lie at offset");
    }
    for (int lie : new int[] {Limits.MAX_PACK_ENTRIES + 1, -1, Integer.MIN_VALUE}) {
      assertLie(p -> p.putInt(footer + 8, lie), "at most are 4194304");
    }
    // count x 64 wraps to the right value in 32 bits
    assertLie(p -> p.putInt(footer + 8, count + (1 << 26)), "at most are 4194304");
  }

  @Test
  void indexMayNotReachIntoTheHeader() {
    int entries = (footer - 64) / ENTRY;
    assertLie(
        p -> p.putInt(footer + 8, entries).putLong(footer, footer - (long) entries * ENTRY),
        "can't lie at offset 64");
  }

  @Test
  void footerKnowsTheLengthOfTheFile() {
    for (long lie : new long[] {0, sample.bytes.length - 1, sample.bytes.length + 1, -1}) {
      assertLie(p -> p.putLong(footer + 32, lie), "its footer says " + lie);
    }
  }

  @Test
  void indexChecksumMustFit() {
    byte[] forged = sample.forgedFooter(p -> p.putInt(footer + 12, 0x1234));
    CorruptException e =
        assertThrows(CorruptException.class, () -> Opener.asIndex(forged, SamplePack.ID));
    assertTrue(e.getMessage().contains("instead of 00001234"), e.getMessage());
  }

  @Test
  void idsMustBeSortedWithoutDuplicates() {
    byte[] first = new byte[32];
    byte[] second = new byte[32];
    assertIndexLie(
        p ->
            p.get(index, first)
                .get(index + ENTRY, second)
                .put(index, second)
                .put(index + ENTRY, first),
        "not sorted");
    assertIndexLie(p -> p.get(index, first).put(index + ENTRY, first), "not sorted");
    assertIndexLie(p -> p.get(index, first).put(footer - ENTRY, first), "not sorted");
  }

  @Test
  void chunksLieInTheDataRegion() {
    long[] offsets = {
      0, 64, 127, index - 1, index, footer, 1L << 32, -1, Long.MIN_VALUE, Long.MAX_VALUE
    };
    for (int entry = index; entry < footer; entry += ENTRY) {
      for (long offset : offsets) {
        int at = entry + 32;
        // a chunk of one byte may end right before the index
        if (offset != index - 1) {
          assertIndexLie(p -> p.putLong(at, offset), "outside of 128 to " + index);
        }
      }
    }
  }

  @Test
  void chunkLengthsKeepToTheLimits() {
    for (int entry = index; entry < footer; entry += ENTRY) {
      int stored = entry + 40;
      int plain = entry + 44;
      for (int lie : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        assertIndexLie(p -> p.putInt(stored, lie), "stored in");
        assertIndexLie(p -> p.putInt(plain, lie), "chunk of");
      }
      assertIndexLie(p -> p.putInt(plain, Limits.MAX_CHUNK + 1), "chunk of 4194305 bytes");
      assertIndexLie(p -> p.putInt(stored, p.getInt(plain) + 1), "stored in");
    }
  }

  @Test
  void rawChunksAreStoredInTheirLength() {
    assertIndexLie(
        p -> p.put(index + 52, (byte) 0).putInt(index + 40, 1).putInt(index + 44, 2),
        "raw chunk of 2 bytes, stored in 1");
  }

  @Test
  void storedChunksDoNotOverlap() {
    for (int entry = index; entry < footer; entry += ENTRY) {
      int at = entry + 32;
      assertIndexLie(p -> p.putLong(at, p.getLong(at) == 128 ? 129 : 128), "");
    }
    assertIndexLie(
        p -> p.putLong(index + 32, p.getLong(index + ENTRY + 32)), "the chunk before it reaches");
  }

  @Test
  void unknownCodecsAreTooNew() {
    for (int codec : new int[] {4, 127, 128, 255}) {
      byte[] forged = sample.forged(p -> p.put(index + 52, (byte) codec));
      TooNewException e =
          assertThrows(TooNewException.class, () -> Opener.asIndex(forged, SamplePack.ID));
      assertTrue(e.getMessage().contains("codec " + codec), e.getMessage());
    }
  }

  private void assertTooNew(Change lie, String message) {
    for (Opener opener : Opener.ALL) {
      byte[] forged = sample.forged(lie);
      TooNewException e =
          assertThrows(TooNewException.class, () -> opener.open(forged, SamplePack.ID), message);
      assertTrue(e.getMessage().contains(message), e.getMessage());
    }
  }

  private void assertLie(Change lie, String message) {
    for (Opener opener : Opener.ALL) {
      byte[] forged = sample.forged(lie);
      CorruptException e =
          assertThrows(CorruptException.class, () -> opener.open(forged, SamplePack.ID), message);
      assertTrue(e.getMessage().contains(message), e.getMessage());
    }
  }

  private void assertIndexLie(Change lie, String message) {
    byte[] forged = sample.forged(lie);
    CorruptException e =
        assertThrows(CorruptException.class, () -> Opener.asIndex(forged, SamplePack.ID), message);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
