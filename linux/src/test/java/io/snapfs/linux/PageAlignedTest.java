package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageAlignedTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 4096, 4097, 4 << 20})
  void beginsAtAPageAndIsAsLongAsAsked(int capacity) {
    ByteBuffer buffer = PageAligned.allocate(capacity);

    assertEquals(0, buffer.alignmentOffset(0, SystemInfo.pageSize()));
    assertEquals(capacity, buffer.capacity());
    assertEquals(capacity, buffer.remaining());
    for (int at = 0; at < capacity; at += 512) {
      assertEquals(0, buffer.get(at));
    }
  }
}
