package io.snapfs.fusefs.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.linux.DirEntry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class DirentWriterTest {
  private final ByteBuffer reply = ByteBuffer.allocate(80).order(ByteOrder.nativeOrder());
  private final DirentWriter writer = new DirentWriter().into(reply);

  private boolean accept(String name, long ino, long cookie) {
    return writer.accept(name.getBytes(StandardCharsets.US_ASCII), ino, DirEntry.DT_REG, cookie);
  }

  @Test
  void entriesAreLaidOutAsTheKernelReadsThem() {
    for (int i = 0; i < reply.capacity(); i++) {
      reply.put(i, (byte) 0xee); // what an earlier reply left
    }
    assertTrue(accept("abcde", 7, 1));
    assertEquals(32, reply.position());
    assertEquals(7, reply.getLong(0));
    assertEquals(1, reply.getLong(8));
    assertEquals(5, reply.getInt(16));
    assertEquals(DirEntry.DT_REG, reply.getInt(20));
    assertEquals("abcde\0\0\0", StandardCharsets.US_ASCII.decode(reply.slice(24, 8)).toString());
  }

  @Test
  void whatDoesNotFitIsRefusedWhole() {
    assertTrue(accept("12345678", 1, 1));
    assertTrue(accept("123456789", 2, 2));
    assertEquals(72, reply.position());
    assertFalse(accept("x", 3, 3));
    assertEquals(72, reply.position());
  }
}
