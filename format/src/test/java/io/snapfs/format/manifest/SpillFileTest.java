package io.snapfs.format.manifest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillFileTest {
  @TempDir Path scratch;

  /** Far more than is cached, patched and read at random, against the same in memory. */
  @Test
  void behavesLikeMemory() throws IOException {
    long seed = 3;
    Random random = new Random(seed);
    ByteBuffer memory = ByteBuffer.allocate(4 << 20).order(ByteOrder.LITTLE_ENDIAN);
    try (SpillFile file = new SpillFile(scratch, "test")) {
      int length = 0;
      while (length < 3 << 20) {
        byte[] piece = new byte[8 * random.nextInt(5000)];
        random.nextBytes(piece);
        assertEquals(length, file.append(piece));
        memory.put(length, piece);
        length += piece.length;
        assertEquals(length, file.extend(16));
        length += 16;
        for (int i = 0; i < 50; i++) {
          patch(file, memory, random.nextInt(length / 8) * 8, random);
        }
      }
      byte[] part = new byte[100_000];
      file.get(12_345, part);
      byte[] expected = new byte[part.length];
      memory.get(12_345, expected);
      assertArrayEquals(expected, part, "seed " + seed);
      assertSameBytes(file, memory, length);
      assertSameBytes(file, memory, length);
    }
    try (var left = Files.list(scratch)) {
      assertEquals(0, left.count());
    }
  }

  private static void patch(SpillFile file, ByteBuffer memory, int at, Random random)
      throws IOException {
    assertEquals(memory.getLong(at), file.i64(at));
    assertEquals(memory.getInt(at + 4), file.i32(at + 4));
    assertEquals(memory.getShort(at + 2), (short) file.u16(at + 2));
    assertEquals(memory.get(at + 1), (byte) file.u8(at + 1));
    long value = random.nextLong();
    switch (random.nextInt(4)) {
      case 0 -> {
        file.put64(at, value);
        memory.putLong(at, value);
      }
      case 1 -> {
        file.put32(at, (int) value);
        memory.putInt(at, (int) value);
      }
      case 2 -> {
        file.put16(at, (int) value);
        memory.putShort(at, (short) value);
      }
      default -> {
        file.put8(at, (int) value);
        memory.put(at, (byte) value);
      }
    }
  }

  private static void assertSameBytes(SpillFile file, ByteBuffer memory, int length)
      throws IOException {
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    file.copyTo(
        bytes -> {
          byte[] piece = new byte[bytes.remaining()];
          bytes.get(piece);
          copy.writeBytes(piece);
        });
    byte[] expected = new byte[length];
    memory.get(0, expected);
    assertArrayEquals(expected, copy.toByteArray());
    assertEquals(length, file.length());
  }
}
