package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writer and a gc are killed (SIGKILL) at random instants. After each round the store is sound
 * and holds all that was reported. {@code -Dsnapfs.crash.rounds} sets the number of rounds, {@code
 * -Dsnapfs.crash.seed} the seed.
 */
class CrashTest {
  private static final int ROUNDS = Integer.getInteger("snapfs.crash.rounds", 24);
  private static final long SEED = Long.getLong("snapfs.crash.seed", 1);

  /** Rounds on one store; then another one is begun, which is killed while it is created. */
  private static final int ROUNDS_PER_STORE = 8;

  /** A child is killed after it said up to so many lines, and a while. */
  private static final int MOST_LINES = 5;

  private static final int LONGEST_MILLIS = 200;

  @TempDir private Path directory;

  @Test
  void killsLoseNothing() throws IOException, InterruptedException {
    Random random = new Random(SEED);
    Journal journal = new Journal();
    int publications = 0;
    for (int round = 0; round < ROUNDS; round++) {
      if (round % ROUNDS_PER_STORE == 0) {
        publications += journal.publications();
        journal = new Journal();
      }
      Path path = directory.resolve("store" + round / ROUNDS_PER_STORE);
      try {
        round(path, round, random, journal);
      } catch (AssertionError | IOException e) {
        throw new AssertionError("seed " + SEED + ", round " + round + ": " + e.getMessage(), e);
      }
    }
    assertTrue(publications + journal.publications() > 0, "nothing was published");
  }

  private static void round(Path path, int round, Random random, Journal journal)
      throws IOException, InterruptedException {
    try (ChildProcess writer = new ChildProcess(path, "write", SEED * 1000 + round);
        ChildProcess collector = new ChildProcess(path, "collect", round)) {
      // The first line comes before it opens or creates the store.
      writer.awaitLines(1 + random.nextInt(MOST_LINES));
      collector.awaitLines(1 + random.nextInt(MOST_LINES));
      Thread.sleep(random.nextInt(LONGEST_MILLIS));
      boolean writerFirst = random.nextBoolean();
      journal.add(writerFirst ? writer.kill() : collector.kill());
      Thread.sleep(random.nextInt(LONGEST_MILLIS / 4));
      journal.add(writerFirst ? collector.kill() : writer.kill());
    }
    try (Store store = Store.openOrCreate(path)) {
      journal.check(store);
      if (round % ROUNDS_PER_STORE == ROUNDS_PER_STORE - 1) {
        Gc.run(store, false, Progress.NONE);
        journal.check(store);
        assertEquals(Set.of(), leftBehind(path));
      }
    }
  }

  /** What is in tmp/. */
  private static Set<Path> leftBehind(Path store) throws IOException {
    try (Stream<Path> entries = Files.list(store.resolve("tmp"))) {
      return Set.copyOf(entries.toList());
    }
  }
}
