package io.snapfs.restore.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReadersTest {
  private static final long LENGTH = 128 << 10;
  private static final long FAR = 1L << 30;

  private final Readers readers = new Readers();

  private int fault(long segment) {
    return readers.fault(segment * LENGTH, (segment + 1) * LENGTH);
  }

  @Test
  void whoReadsOnGetsMoreAtOnceUpToALimit() {
    assertEquals(0, fault(10));
    assertEquals(1, fault(11));
    assertEquals(2, fault(13), "some of it was filled meanwhile");
    assertEquals(2, fault(16));
    assertEquals(2, fault(40));
  }

  @Test
  void whoJumpsGetsNothingElse() {
    for (int i = 0; i < 20; i++) {
      assertEquals(0, readers.fault(i * 7 % 20 * FAR, i * 7 % 20 * FAR + LENGTH), "fault " + i);
    }
    assertEquals(0, fault(10));
    assertEquals(0, fault(9), "backwards");
  }

  @Test
  void severalReadersAreKeptApart() {
    for (int i = 0; i < 4; i++) {
      for (int reader = 0; reader < 8; reader++) {
        long start = reader * FAR + i * LENGTH;
        assertEquals(Math.min(i, 2), readers.fault(start, start + LENGTH));
      }
    }
    assertEquals(0, readers.fault(8 * FAR, 8 * FAR + LENGTH), "a ninth one");
    assertEquals(0, readers.fault(4 * LENGTH, 5 * LENGTH), "the first was forgotten for it");
  }
}
