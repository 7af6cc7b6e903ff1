package io.snapfs.restore.pages;

import io.snapfs.restore.pages.PageWriter.Outcome;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What happens where a chunk can't be read: its memory becomes such that to touch it is a bus
 * error, and where the kernel can't do that the process is killed. In no case does a process see
 * other bytes than its own. Safe for use by many threads.
 */
final class Damage {
  private static final Logger LOG = System.getLogger(Damage.class.getName());

  private final PageWriter writer;
  private final Tally tally;
  private final Set<Integer> chunks = ConcurrentHashMap.newKeySet();

  Damage(PageWriter writer, Tally tally) {
    this.writer = writer;
    this.tally = tally;
  }

  /**
   * A chunk can't be read. Segments that can be poisoned now aren't pending after this.
   *
   * @param cause names the pack, and the offset there
   * @param segments that were to be filled from the chunk
   */
  void found(int chunk, IOException cause, List<Segment> segments) {
    if (chunks.add(chunk)) {
      tally.damagedChunks.increment();
      LOG.log(Level.ERROR, "chunk {0} can''t be read: {1}", chunk, cause.getMessage());
    }
    for (Segment segment : segments) {
      LazyProcess process = segment.process();
      Outcome outcome =
          writer.put(
              PageKind.POISON, segment, 0, segment.length(), 0, process.tally().poisonedBytes::add);
      switch (outcome) {
        case DONE -> {
          process.poisoned(segment);
          LOG.log(
              Level.ERROR,
              "{0}: memory {1} to {2} is a bus error from now on, since chunk {3} can''t be read",
              process.name(),
              Long.toHexString(segment.address()),
              Long.toHexString(segment.end()),
              chunk);
        }
        case UNSUPPORTED -> {
          process.kill("chunk " + chunk + " can't be read: " + cause.getMessage());
        }
        case VOID, CLOSED, BUSY, MISSING -> {} // still pending, or void
      }
    }
  }
}
