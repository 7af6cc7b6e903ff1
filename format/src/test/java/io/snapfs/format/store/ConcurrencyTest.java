package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.MissingException;
import io.snapfs.format.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that write, two that remove and collect, and readers here, all on one store. */
class ConcurrencyTest {
  private static final int PUBLICATIONS = 40;
  private static final int HELD_OPEN = 8;

  @TempDir private Path directory;

  @Test
  void writersReadersRmAndGcAtOnce() throws IOException, InterruptedException {
    Journal journal = new Journal();
    Deque<OpenArtifact> held = new ArrayDeque<>();
    try (ChildProcess writer = new ChildProcess(directory, "write", 1);
        ChildProcess other = new ChildProcess(directory, "write", 2);
        ChildProcess collector = new ChildProcess(directory, "collect", 3);
        ChildProcess second = new ChildProcess(directory, "collect", 4);
        Store store = Store.openOrCreate(directory)) {
      try {
        for (int lines = 2; lines < PUBLICATIONS; lines += 4) {
          writer.awaitLines(lines);
          holdNewest(store, held);
        }
        other.awaitLines(PUBLICATIONS);
        collector.awaitLines(10);
        for (ChildProcess child : List.of(writer, other, collector, second)) {
          journal.add(child.stop());
        }
        for (OpenArtifact artifact : held) {
          readAll(artifact);
        }
      } finally {
        for (OpenArtifact artifact : held) {
          artifact.close();
        }
      }
      assertTrue(journal.publications() >= PUBLICATIONS, "published " + journal.publications());
      assertTrue(journal.collections() > 0, "no gc got its turn");
      journal.check(store);
      Gc.run(store, false, Progress.NONE);
      journal.check(store);
      assertEquals(Set.of(), Set.copyOf(Verify.run(store, null, true, Progress.NONE).orphans()));
    }
  }

  /** Keeps some artifacts open, to be read when they have long been removed and collected. */
  private static void holdNewest(Store store, Deque<OpenArtifact> held) throws IOException {
    for (ArtifactRef ref : store.artifacts()) {
      try {
        held.add(store.openArtifact(ref));
      } catch (MissingException e) {
        // removed since it was listed
      }
      if (held.size() > HELD_OPEN) {
        held.remove().close();
      }
    }
  }

  private static void readAll(OpenArtifact artifact) throws IOException {
    int[] problems = {0};
    artifact.manifest().checkAll(problem -> problems[0]++);
    assertEquals(0, problems[0]);
    SmallArtifact.readAll(artifact);
  }
}
