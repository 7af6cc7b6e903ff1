package io.snapfs.restore.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadersTest {
  private static final long LENGTH = 128 << 10;
  private static final long FAR = 1L << 30;

  private final Readers readers = new Readers();

  private int more(long start) {
    return readers.fault(start, start + LENGTH).more();
  }

  private int fault(long segment) {
    return more(segment * LENGTH);
  }

  @Test
  void whoReadsOnGetsMoreAtOnceUpToALimit() {
    assertEquals(0, fault(10));
    assertEquals(1, fault(11));
    assertEquals(2, fault(13), "some of it was filled meanwhile");
    assertEquals(3, fault(16));
    assertEquals(3, fault(40));
    assertEquals(0, fault(80), "too far");
  }

  @Test
  void whoJumpsGetsNothingElse() {
    for (int i = 0; i < 20; i++) {
      assertEquals(0, more(i * 7 % 20 * FAR), "fault " + i);
    }
    assertEquals(0, fault(10));
    assertEquals(0, fault(9), "backwards");
    assertEquals(0, fault(9), "it waits in the same place again");
  }

  @Test
  void severalReadersAreKeptApart() {
    for (int i = 0; i < 4; i++) {
      for (int reader = 0; reader < 8; reader++) {
        assertEquals(Math.min(i, 3), more(reader * FAR + i * LENGTH));
      }
    }
    assertEquals(0, more(8 * FAR), "a ninth one");
    assertEquals(0, more(4 * LENGTH), "the first was forgotten for it");
  }

  @Test
  void memoryIsOrderedAgainWhenHalfOfItWasReached() {
    Readers.Reader reader = readers.fault(0, LENGTH);
    assertTrue(reader.wantsOrder(), "nothing is ordered");
    List<Segment> behind = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      behind.add(new Segment(null, Gate.opened(), i * LENGTH, (int) LENGTH, i, 0, false));
    }
    reader.ordered(behind);
    assertFalse(reader.wantsOrder());
    fault(2);
    assertFalse(reader.wantsOrder());
    fault(3);
    assertTrue(reader.wantsOrder());
    reader.ordered(List.of());
    fault(4);
    assertTrue(reader.wantsOrder(), "there was nothing");
  }
}
