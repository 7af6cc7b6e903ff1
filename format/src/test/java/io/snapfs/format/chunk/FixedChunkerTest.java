package io.snapfs.format.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FixedChunkerTest extends ChunkerConformance {
  @Override
  Chunking chunking() {
    return Chunking.fixed(4 * PAGE);
  }

  @Test
  void cutsAtMultiplesOfTheSizeFromTheFilesBegin() {
    byte[] content = new byte[11 * PAGE + 5];
    Arrays.fill(content, (byte) 1);
    assertEquals(List.of(4 * PAGE, 4 * PAGE, 3 * PAGE + 5), Segments.of(chunking(), content));
    Arrays.fill(content, 5 * PAGE, 6 * PAGE, (byte) 0);
    assertEquals(
        List.of(4 * PAGE, PAGE, -PAGE, 2 * PAGE, 3 * PAGE + 5), Segments.of(chunking(), content));
  }

  @Test
  void noChunkCrossesAMultipleOfTheSize() {
    for (int round = 0; round < 100; round++) {
      int at = 0;
      for (int segment : Segments.of(chunking(), content(80, 17))) {
        int end = at + Math.abs(segment);
        int size = chunking().max();
        assertTrue(segment < 0 || at / size == (end - 1) / size, at + " to " + end);
        at = end;
      }
    }
  }
}
