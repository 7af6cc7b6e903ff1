package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackStreamsTest {
  private static final int CHUNK = 80 << 10;
  private static final int PACK = 3;

  private final PackStreams streams = new PackStreams();

  /** Reads chunk after chunk, two of them the other way round, as several threads do. */
  private List<Long> readOn(int pack, long start, int chunks) {
    List<Long> asked = new ArrayList<>();
    for (int i = 0; i < chunks; i++) {
      long offset = start + (long) (i ^ 1) * CHUNK;
      long ahead = streams.reads(pack, offset, CHUNK);
      if (ahead >= 0) {
        asked.add(ahead);
        assertTrue(ahead <= offset + CHUNK + PackStreams.AHEAD, ahead + " for " + offset);
      }
    }
    return asked;
  }

  @Test
  void whatIsReadNextIsAskedForOnce() {
    List<Long> asked = readOn(PACK, 0, 200);
    for (int i = 1; i < asked.size(); i++) {
      assertEquals(asked.get(i - 1) + PackStreams.STEP, asked.get(i), "without a gap");
    }
    long end = asked.get(asked.size() - 1) + PackStreams.STEP;
    long ahead = end - 200L * CHUNK;
    assertTrue(ahead > PackStreams.AHEAD - PackStreams.STEP, ahead + " bytes ahead");
    assertTrue(ahead < PackStreams.AHEAD + 2 * PackStreams.STEP, ahead + " bytes ahead");
  }

  @Test
  void forWhoJumpsNothingIsAsked() {
    for (long i = 0; i < 30; i++) {
      assertEquals(-1, streams.reads(PACK, i * 7 % 30 * (64 << 20), CHUNK));
    }
  }

  @Test
  void theSamePlaceOfAnotherPackIsAnother() {
    assertEquals(-1, streams.reads(1, 0, CHUNK));
    assertEquals(-1, streams.reads(2, CHUNK, CHUNK));
    assertEquals(2L * CHUNK, streams.reads(1, CHUNK, CHUNK));
  }

  @Test
  void severalStreamsAreFollowed() {
    for (int i = 0; i < 8; i++) {
      assertEquals(-1, streams.reads(i, 0, CHUNK));
    }
    for (int i = 0; i < 8; i++) {
      assertTrue(readOn(i, CHUNK, 60).size() > 4, "stream " + i);
    }
  }
}
