package io.snapfs.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rounds on a plain file: how much is read, and what happens when it can't be. */
@Timeout(60)
final class ReadRoundTest {
  private static final int BLOCK = 1000;
  private static final int SIZE = 10 * BLOCK + 1;
  private static final long NO_LIMIT = Long.MAX_VALUE;

  @TempDir private Path dir;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.write(dir.resolve("file"), new byte[SIZE]);
  }

  private ReadPlan plan(Pattern pattern, int readers, long bytes, long nanos) {
    return new ReadPlan(file, SIZE, pattern, BLOCK, readers, bytes, nanos);
  }

  @Test
  void sequentialReadersTogetherReadTheFileOnce() throws IOException {
    for (int readers = 1; readers <= 4; readers++) {
      ReadPlan plan = plan(Pattern.SEQUENTIAL, readers, SIZE, NO_LIMIT);
      long end = 0;
      for (int i = 0; i < readers; i++) {
        assertEquals(end, plan.partStart(i), "part " + i + " of " + readers);
        end = plan.partEnd(i);
      }
      assertEquals(SIZE, end);
      assertEquals(SIZE, ReadRound.run(plan).bytes());
    }
  }

  @Test
  void everyReadIsCounted() throws IOException {
    ReadResult result = ReadRound.run(plan(Pattern.SEQUENTIAL, 1, SIZE, NO_LIMIT));
    assertEquals(11, result.reads());
    assertTrue(result.percentile(50) <= result.percentile(100));
    assertTrue(result.percentile(100) <= result.nanos() * 1.001, "to three digits");
  }

  @Test
  void aShortFileIsReadByAll() throws IOException {
    ReadResult result = ReadRound.run(plan(Pattern.SEQUENTIAL, 50, 50L * SIZE, NO_LIMIT));
    assertEquals(50L * SIZE, result.bytes());
  }

  @Test
  void randomReadersStopAtTheBytes() throws IOException {
    ReadResult result = ReadRound.run(plan(Pattern.RANDOM, 3, 100 * BLOCK, NO_LIMIT));
    assertEquals(100 * BLOCK, result.bytes());
  }

  @Test
  void readersStopAtTheTime() throws IOException {
    ReadResult result = ReadRound.run(plan(Pattern.SEQUENTIAL, 2, NO_LIMIT, 1_000_000));
    assertTrue(result.nanos() >= 1_000_000, result.nanos() + " ns");
    assertTrue(result.reads() > 0);
  }

  @Test
  void aFileThatIsShorterThanPlannedIsNamed() throws IOException {
    Files.write(file, new byte[BLOCK]);
    EOFException e =
        assertThrows(
            EOFException.class,
            () -> ReadRound.run(plan(Pattern.SEQUENTIAL, 2, NO_LIMIT, NO_LIMIT)));
    assertTrue(e.getMessage().startsWith(file + ": it ends at byte "), e.getMessage());
  }

  @Test
  void aFileThatIsMissingEndsAllReaders() throws IOException {
    Files.delete(file);
    assertThrows(
        IOException.class, () -> ReadRound.run(plan(Pattern.RANDOM, 2, NO_LIMIT, NO_LIMIT)));
  }
}
