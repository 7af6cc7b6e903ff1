package io.snapfs.format.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContentDefinedChunkerTest extends ChunkerConformance {
  @Override
  Chunking chunking() {
    return Chunking.contentDefined(8 * PAGE);
  }

  /** FORMAT.md 3.2: a version that cuts otherwise shares nothing with what is stored already. */
  @Test
  void cutsAreThoseOfTheFormatForever() {
    assertEquals(
        List.of(2, 2, 2, 8, 1, 2, 1, 4, 5, 4, 3, 1, 1, 4, 7, 2, 3, 1, 5, 2, 4),
        Segments.of(Chunking.parse("cdc:16K"), splitMix(64)).stream().map(s -> s / PAGE).toList());
    assertEquals(
        List.of(36, 22, 32, 22, 12, 24, 14, 17, 9, 33, 47, 62, 54, 59, 21, 28, 17, 3),
        Segments.of(Chunking.DEFAULT, splitMix(512)).stream().map(s -> s / PAGE).toList());
  }

  @Test
  void pageHashesAreThoseOfTheFormatForever() {
    assertEquals(0x78832f79, hash(new byte[PAGE]));
    byte[] ones = new byte[PAGE];
    Arrays.fill(ones, (byte) 0xff);
    assertEquals(0x5b523178, hash(ones));
    byte[] counting = new byte[PAGE];
    for (int i = 0; i < PAGE; i++) {
      counting[i] = (byte) i;
    }
    assertEquals(0x124d638b, hash(counting));
  }

  private static int hash(byte[] page) {
    return new Pages().hash(ByteBuffer.allocateDirect(PAGE).put(page), 0);
  }

  @Test
  void cutsAgreeAgainAfterPagesWereInsertedRemovedOrChanged() {
    byte[] before = noise(2000);
    Set<ByteBuffer> known = chunks(before);
    byte[] inserted = new byte[before.length + 3 * PAGE];
    System.arraycopy(before, 0, inserted, 0, 700 * PAGE);
    System.arraycopy(noise(3), 0, inserted, 700 * PAGE, 3 * PAGE);
    System.arraycopy(before, 700 * PAGE, inserted, 703 * PAGE, 1300 * PAGE);
    byte[] removed = Arrays.copyOfRange(before, PAGE, before.length);
    byte[] changed = before.clone();
    changed[1000 * PAGE + 77]++;
    for (byte[] after : List.of(inserted, removed, changed)) {
      int fresh = 0;
      for (ByteBuffer chunk : chunks(after)) {
        fresh += known.contains(chunk) ? 0 : chunk.remaining();
      }
      assertTrue(fresh <= 4 * chunking().max(), fresh + " fresh bytes, seed " + seed);
    }
  }

  @Test
  void lengthsKeepToMinMeanAndMax() {
    List<Integer> segments = Segments.of(chunking(), noise(20_000));
    for (int segment : segments.subList(0, segments.size() - 1)) {
      assertTrue(segment >= chunking().min() && segment <= chunking().max(), segment + " bytes");
    }
    double mean = 20_000.0 * PAGE / segments.size();
    assertEquals(chunking().mean(), mean, 0.1 * chunking().mean(), "seed " + seed);
  }

  private Set<ByteBuffer> chunks(byte[] content) {
    Set<ByteBuffer> chunks = new HashSet<>();
    int at = 0;
    for (int segment : Segments.of(chunking(), content)) {
      chunks.add(ByteBuffer.wrap(content, at, segment).slice());
      at += segment;
    }
    return chunks;
  }

  private byte[] noise(int pages) {
    byte[] bytes = new byte[pages * PAGE];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The file of the test vectors in FORMAT.md 3.2. */
  private static byte[] splitMix(int pages) {
    ByteBuffer bytes = ByteBuffer.allocate(pages * PAGE).order(ByteOrder.LITTLE_ENDIAN);
    long state = 0;
    while (bytes.hasRemaining()) {
      state += 0x9e3779b97f4a7c15L;
      long word = state;
      word = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
      word = (word ^ (word >>> 27)) * 0x94d049bb133111ebL;
      bytes.putLong(word ^ (word >>> 31));
    }
    return bytes.array();
  }
}
