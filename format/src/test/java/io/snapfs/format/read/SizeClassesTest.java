package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.Limits;
import org.junit.jupiter.api.Test;

class SizeClassesTest {
  @Test
  void everyLengthFitsItsClassAndNoSmallerOne() {
    for (int pages = 1; pages <= Limits.MAX_CHUNK / Limits.PAGE; pages++) {
      int bytes = pages * Limits.PAGE;
      int sizeClass = SizeClasses.of(bytes);
      assertTrue(SizeClasses.bytes(sizeClass) >= bytes, pages + " pages");
      assertTrue(
          sizeClass == 0 || SizeClasses.bytes(sizeClass - 1) <= bytes - Limits.PAGE,
          pages + " pages");
      assertEquals(sizeClass, SizeClasses.of(bytes - Limits.PAGE + 1), pages + " pages");
    }
  }

  @Test
  void lessThanAFifthOfASlotIsUnused() {
    for (int pages = 1; pages <= Limits.MAX_CHUNK / Limits.PAGE; pages++) {
      int bytes = pages * Limits.PAGE;
      int unused = SizeClasses.rounded(bytes) - bytes;
      assertTrue(unused * 5L < SizeClasses.rounded(bytes), pages + " pages waste " + unused);
    }
  }

  @Test
  void lastClassIsTheLongestChunk() {
    assertEquals(Limits.MAX_CHUNK, SizeClasses.bytes(SizeClasses.COUNT - 1));
  }

  @Test
  void lengthsThatNoChunkHasAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> SizeClasses.of(0));
    assertThrows(IllegalArgumentException.class, () -> SizeClasses.of(Limits.MAX_CHUNK + 1));
  }
}
