package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceIoTest extends LinuxTest {
  /** How many bytes can be read now; works on regular files too. */
  private static final int FIONREAD = 0x541B;

  /** Only their addresses are in use, which would not keep them alive. */
  private final List<ByteBuffer> kept = new ArrayList<>();

  private ByteBuffer direct(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    kept.add(buffer);
    return buffer;
  }

  @Test
  void piecesAreWrittenInOrderAndReadBack() throws IOException {
    ByteBuffer first = direct("0123");
    ByteBuffer second = direct("abcdefgh");
    IoVector vector = new IoVector(3);
    vector.set(0, Addresses.of(first) + 1, 2);
    vector.set(1, Addresses.of(second), 8);
    vector.set(2, Addresses.of(first), 4);
    try (Fd fd = create("f")) {
      assertEquals(10, DeviceIo.writev(fd, vector, 2));
      assertEquals(14, DeviceIo.writev(fd, vector, 3));
    }
    byte[] expected = "12abcdefgh12abcdefgh0123".getBytes(StandardCharsets.US_ASCII);
    assertArrayEquals(expected, Files.readAllBytes(path.resolve("f")));
    ByteBuffer got = ByteBuffer.allocateDirect(30);
    try (Fd fd = Open.at(dir, name("f"), Open.O_RDONLY)) {
      assertEquals(20, DeviceIo.read(fd, Addresses.of(got), 20));
      assertEquals(4, DeviceIo.read(fd, Addresses.of(got) + 20, 10));
      assertEquals(0, DeviceIo.read(fd, Addresses.of(got), 10));
    }
    assertEquals(ByteBuffer.wrap(expected), got.limit(24));
  }

  @Test
  void aVectorTakesAsManyPiecesAsTheKernelDoes() throws IOException {
    ByteBuffer bytes = direct("x");
    IoVector vector = new IoVector(IoVector.MAX_PIECES);
    for (int i = 0; i < vector.capacity(); i++) {
      vector.set(i, Addresses.of(bytes), 1);
    }
    try (Fd fd = create("f")) {
      assertEquals(IoVector.MAX_PIECES, DeviceIo.writev(fd, vector, IoVector.MAX_PIECES));
    }
    assertEquals("x".repeat(IoVector.MAX_PIECES), Files.readString(path.resolve("f")));
  }

  @Test
  void aVectorIsNotLeft() throws IOException {
    IoVector vector = new IoVector(2);
    assertThrows(IndexOutOfBoundsException.class, () -> vector.set(2, 0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> vector.set(-1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new IoVector(IoVector.MAX_PIECES + 1));
    try (Fd fd = create("f")) {
      assertThrows(IllegalArgumentException.class, () -> DeviceIo.writev(fd, vector, 3));
      assertThrows(IllegalArgumentException.class, () -> DeviceIo.writev(fd, vector, 0));
    }
  }

  @Test
  void aCommandFillsInItsArgument() throws IOException {
    Files.write(path.resolve("f"), new byte[4711]);
    ByteBuffer argument = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
    try (Fd fd = Open.at(dir, name("f"), Open.O_RDONLY)) {
      assertEquals(0, DeviceIo.ioctl(fd, FIONREAD, Addresses.of(argument)));
    }
    assertEquals(4711, argument.getInt(0));
  }

  @Test
  void errorsNameTheFileAndTheErrno() throws IOException {
    ByteBuffer bytes = direct("x");
    IoVector vector = new IoVector(1);
    vector.set(0, Addresses.of(bytes), 1);
    create("f").close();
    try (Fd read = Open.at(dir, name("f"), Open.O_RDONLY);
        Fd write = Open.at(dir, name("f"), Open.O_WRONLY)) {
      assertErrno(Errno.EBADF, () -> DeviceIo.read(write, Addresses.of(bytes), 1));
      LinuxException e = assertErrno(Errno.EBADF, () -> DeviceIo.writev(read, vector, 1));
      assertTrue(e.getMessage().contains(path + "/f"), e.getMessage());
      // A number with its highest bit set arrives as it is.
      e = assertErrno(Errno.ENOTTY, () -> DeviceIo.ioctl(read, 0x8004E500, Addresses.of(bytes)));
      assertTrue(e.getMessage().contains("ioctl 0x8004e500"), e.getMessage());
    }
  }

  @Test
  void nothingIsAllocated() throws IOException {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    ByteBuffer bytes = direct("12345678");
    long address = Addresses.of(bytes);
    IoVector vector = new IoVector(2);
    try (Fd zero = Open.at(Fd.CWD, name("/dev/zero"), Open.O_RDWR)) {
      long allocated = 0;
      for (int round = 0; round < 2; round++) { // the first one loads classes
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
          DeviceIo.read(zero, address, 8);
          vector.set(0, address, 4);
          vector.set(1, address, 8);
          DeviceIo.writev(zero, vector, 2);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertTrue(allocated < 10_000, "10,000 reads and writes allocated " + allocated + " bytes");
    }
  }
}
