package io.snapfs.fusefs.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HandleTableTest {
  private final HandleTable<Object> table = new HandleTable<>();

  @Test
  void behavesAsAMap() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<Long, Object> expected = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      long number = random.nextInt(1000);
      if (random.nextInt(3) > 0) {
        Object handle = new Object();
        assertNull(expected.put(table.add(handle), handle), () -> "seed " + seed);
      } else {
        assertSame(expected.remove(number), table.remove(number), () -> "seed " + seed);
      }
      assertSame(expected.get(number), table.get(number), () -> "seed " + seed);
    }
    assertEquals(expected.size(), table.removeAll().size(), () -> "seed " + seed);
    assertEquals(List.of(), table.removeAll());
  }

  @Test
  void numbersThatWereNeverGivenMeanNothing() {
    table.add(new Object());
    for (long number : new long[] {-1, 63, 64, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32}) {
      assertNull(table.get(number));
      assertNull(table.remove(number));
    }
  }
}
