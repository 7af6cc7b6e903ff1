package io.snapfs.format.chunk;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.Limits;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every chunker owes to {@link Chunker}. */
abstract class ChunkerConformance {
  static final int PAGE = Limits.PAGE;

  final long seed = Long.getLong("snapfs.seed", System.nanoTime());
  final Random random = new Random(seed);

  abstract Chunking chunking();

  @Test
  void emptyPagesAndShortTailsBecomeHolesAndTheRestChunksThatTileTheFile() {
    for (int round = 0; round < 200; round++) {
      byte[] content = content(random.nextInt(100), random.nextInt(PAGE));
      assertTiles(content, Segments.of(chunking(), content));
    }
  }

  private void assertTiles(byte[] content, List<Integer> segments) {
    int at = 0;
    int before = 1;
    for (int segment : segments) {
      assertEquals(0, at % PAGE, "cut inside of a page, seed " + seed);
      assertNotEquals(0, segment);
      assertTrue(segment > 0 || before > 0, "two holes in a row, seed " + seed);
      assertTrue(segment <= chunking().max(), "longer than max, seed " + seed);
      int end = at + Math.abs(segment);
      for (; at < end; at += PAGE) {
        boolean zero = isZero(content, at, Math.min(at + PAGE, end));
        assertEquals(segment < 0, zero, "page at " + at + ", seed " + seed);
      }
      at = end;
      before = segment;
    }
    assertEquals(content.length, at);
  }

  @Test
  void cutsDoNotDependOnWindows() {
    Chunker chunker = chunking().newChunker();
    for (int round = 0; round < 100; round++) {
      byte[] content = content(random.nextInt(100), random.nextInt(PAGE));
      List<Integer> whole = Segments.of(chunker, content);
      for (int mostAtOnce : new int[] {PAGE, 10 * PAGE, 3 * chunking().max()}) {
        assertEquals(
            whole,
            Segments.inWindows(chunker, content, random, mostAtOnce),
            "seed " + seed + ", round " + round);
      }
    }
  }

  @Test
  void resetMakesFilesIndependent() {
    Chunker used = chunking().newChunker();
    for (int round = 0; round < 50; round++) {
      byte[] content = content(random.nextInt(50), random.nextInt(PAGE));
      assertEquals(Segments.of(chunking(), content), Segments.of(used, content), "seed " + seed);
    }
  }

  @Test
  void aFileUnderOnePageIsOneChunkOrOneHole() {
    for (int length : new int[] {1, 2, 63, 64, 65, PAGE - 1, PAGE}) {
      byte[] content = new byte[length];
      assertEquals(List.of(-length), Segments.of(chunking(), content));
      for (int i : new int[] {0, length / 2, length - 1}) {
        Arrays.fill(content, (byte) 0);
        content[i] = 1;
        assertEquals(List.of(length), Segments.of(chunking(), content), "byte " + i);
      }
    }
  }

  @Test
  void positionsNeedNotBeAlignedInTheBuffer() {
    byte[] content = content(60, 100);
    byte[] shifted = new byte[content.length + 13];
    System.arraycopy(content, 0, shifted, 13, content.length);
    var data = ByteBuffer.allocateDirect(shifted.length).put(shifted);
    Chunker chunker = chunking().newChunker();
    int at = 13;
    for (int expected : Segments.of(chunking(), content)) {
      assertEquals(expected, chunker.next(data, at, shifted.length, true), "seed " + seed);
      at += Math.abs(expected);
    }
  }

  @Test
  void cutsUpToTheLastByteThatABufferCanHold(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("sparse");
    try (FileChannel channel = FileChannel.open(file, CREATE_NEW, SPARSE, READ, WRITE)) {
      int length = Integer.MAX_VALUE;
      channel.write(ByteBuffer.wrap(new byte[] {1}), length - 1);
      ByteBuffer data = channel.map(FileChannel.MapMode.READ_ONLY, 0, length);
      int lastPage = length / PAGE * PAGE;
      Chunker chunker = chunking().newChunker();
      assertEquals(-2 * PAGE, chunker.next(data, lastPage - 2 * PAGE, length, true));
      assertEquals(PAGE - 1, chunker.next(data, lastPage, length, true));
    }
  }

  /** Pages of noise, of zeros with one byte set, and of zeros, in runs. */
  final byte[] content(int pages, int tail) {
    byte[] content = new byte[pages * PAGE + tail];
    byte[] page = new byte[PAGE];
    int kind = 0;
    for (int at = 0; at < content.length; at += PAGE) {
      if (random.nextInt(4) == 0) {
        kind = random.nextInt(4);
      }
      Arrays.fill(page, (byte) 0);
      if (kind == 1) {
        page[random.nextInt(PAGE)] = 1;
      } else if (kind > 1) {
        random.nextBytes(page);
      }
      System.arraycopy(page, 0, content, at, Math.min(PAGE, content.length - at));
    }
    return content;
  }

  private static boolean isZero(byte[] content, int from, int to) {
    for (int i = from; i < to; i++) {
      if (content[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
