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
    return readers.fault(start, start + LENGTH).more(1);
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

  private List<Long> expected(Readers.Reader reader, SegmentMap map, long segment, int most) {
    return reader.expected(map, segment * LENGTH, most).stream()
        .map(each -> each.address() / LENGTH)
        .toList();
  }

  private static SegmentMap memory(int from, int to) {
    SegmentMap map = new SegmentMap();
    for (long i = from; i < to; i++) {
      map.add(new Segment(null, Gate.opened(), i * LENGTH, (int) LENGTH, (int) i, 0, false));
    }
    return map;
  }

  @Test
  void whoGoesOnBelowIsFollowed() {
    fault(120);
    fault(121);
    assertEquals(2, fault(122));
    Readers.Reader below = readers.fault(110 * LENGTH, 111 * LENGTH);
    assertEquals(2, below.more(1), "it reads as it did above");
    assertEquals(
        List.of(111L, 112L, 113L, 114L, 115L, 116L, 117L, 118L, 119L),
        expected(below, memory(100, 200), 110, 4),
        "up to where it was");
    assertEquals(
        List.of(119L, 100L, 101L, 102L, 103L, 104L, 105L, 106L, 107L, 108L, 109L),
        expected(below, memory(100, 200), 118, 4),
        "then as far below as the last time");
    assertEquals(List.of(), expected(below, memory(200, 300), 118, 4));
  }

  @Test
  void whoReadsOnPastWhereItCameFromIsFollowedUpwards() {
    fault(120);
    fault(121);
    readers.fault(110 * LENGTH, 111 * LENGTH);
    Readers.Reader reader = null;
    for (int i = 111; i <= 125; i++) {
      reader = readers.fault(i * LENGTH, (i + 1) * LENGTH);
    }
    assertEquals(List.of(126L, 127L), expected(reader, memory(100, 200), 125, 2));
  }

  @Test
  void nobodyIsFollowedFarDownOrWithoutHavingReadOn() {
    fault(10);
    assertEquals(0, fault(5), "a single fault is no reader");
    fault(1000);
    fault(1001);
    assertEquals(0, fault(300), "further than a layer is long");
  }

  @Test
  void whileOthersAreRestoredMoreIsFilledForAFault() {
    Readers.Reader reader = readers.fault(0, LENGTH);
    for (long i = 1; i < 40; i++) {
      reader = readers.fault(i * LENGTH, (i + 1) * LENGTH);
    }
    assertEquals(3, reader.more(1));
    assertEquals(15, reader.more(2));
  }
}
