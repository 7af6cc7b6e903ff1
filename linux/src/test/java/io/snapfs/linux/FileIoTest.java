package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileIoTest extends LinuxTest {
  private static final long TIB = 1L << 40;

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void whatIsWrittenFromABufferIsInTheFile() throws IOException {
    byte[] bytes = random(10_000, 1);
    try (Fd fd = create("f")) {
      ByteBuffer source = direct(bytes);
      source.position(100).limit(9_000);
      FileIo.pwriteFully(fd, source, 7);
      assertEquals(9_000, source.position());
    }
    byte[] file = Files.readAllBytes(path.resolve("f"));
    assertEquals(7 + 8_900, file.length);
    assertEquals(ByteBuffer.wrap(bytes, 100, 8_900), ByteBuffer.wrap(file, 7, 8_900));
  }

  @Test
  void aBufferIsFilledBetweenItsPositionAndItsLimitOnly() throws IOException {
    byte[] bytes = random(1_000, 2);
    Files.write(path.resolve("f"), bytes);
    ByteBuffer target = ByteBuffer.allocateDirect(300);
    target.position(50).limit(250);
    try (Fd fd = Open.at(dir, name("f"), Open.O_RDONLY)) {
      FileIo.preadFully(fd, target, 600);
    }
    assertEquals(250, target.position());
    byte[] got = new byte[300];
    target.clear().get(got);
    byte[] expected = new byte[300];
    System.arraycopy(bytes, 600, expected, 50, 200);
    assertArrayEquals(expected, got);
  }

  @Test
  void aSliceOfABufferIsFilledWhereTheSliceLies() throws IOException {
    Files.write(path.resolve("f"), "0123456789".getBytes(StandardCharsets.US_ASCII));
    ByteBuffer whole = ByteBuffer.allocateDirect(16);
    try (Fd fd = Open.at(dir, name("f"), Open.O_RDONLY)) {
      FileIo.preadFully(fd, whole.slice(6, 4), 3);
    }
    byte[] got = new byte[16];
    whole.get(got);
    assertEquals("\0\0\0\0\0\0003456\0\0\0\0\0\0", new String(got, StandardCharsets.US_ASCII));
  }

  @Test
  void aReadAtTheEndIsShortAndThenZero() throws IOException {
    Files.write(path.resolve("f"), new byte[10]);
    try (Fd fd = Open.at(dir, name("f"), Open.O_RDONLY)) {
      ByteBuffer target = ByteBuffer.allocateDirect(100);
      assertEquals(4, FileIo.pread(fd, target, 6));
      assertEquals(4, target.position());
      assertEquals(0, FileIo.pread(fd, target, 10));
      assertEquals(0, FileIo.pread(fd, target, 1_000_000));
      assertEquals(4, target.position());
    }
  }

  @Test
  void fullReadsSayWhichFileEndsWhere() throws IOException {
    Files.write(path.resolve("f"), new byte[10]);
    try (Fd fd = Open.at(dir, name("f"), Open.O_RDONLY)) {
      EOFException e =
          assertThrows(
              EOFException.class, () -> FileIo.preadFully(fd, ByteBuffer.allocateDirect(100), 6));
      assertEquals(
          path + "/f: expected 100 bytes at offset 6, the file ends after 4", e.getMessage());
    }
  }

  @Test
  void rawMemoryGoesOutAndComesBackBeyondATebibyte() throws IOException {
    byte[] bytes = random(70_000, 3);
    try (Fd fd = create("f");
        NativeMemory memory = NativeMemory.allocate(200_000)) {
      memory.slice(1, bytes.length).put(bytes);
      FileIo.pwriteFully(fd, memory.address() + 1, bytes.length, TIB + 5);
      assertEquals(TIB + 5 + bytes.length, Stat.fstat(fd).size());
      FileIo.preadFully(fd, memory.address() + 100_000, bytes.length, TIB + 5);
      byte[] got = new byte[bytes.length];
      memory.slice(100_000, got.length).get(got);
      assertArrayEquals(bytes, got);
      assertEquals(3, FileIo.pread(fd, memory.address(), 10, TIB + 2 + bytes.length));
    }
  }

  @Test
  void aHeapBufferIsRefused() throws IOException {
    try (Fd fd = create("f")) {
      assertThrows(
          IllegalArgumentException.class, () -> FileIo.pread(fd, ByteBuffer.allocate(1), 0));
      assertThrows(
          IllegalArgumentException.class, () -> FileIo.pwriteFully(fd, ByteBuffer.allocate(1), 0));
    }
  }

  @Test
  void errorsNameTheFileTheRangeAndTheErrno() throws IOException {
    try (Fd fd = Open.at(dir, name("f"), Open.O_WRONLY | Open.O_CREAT, 0600);
        Fd read = Open.at(dir, name("f"), Open.O_RDONLY);
        NativeMemory memory = NativeMemory.allocate(1)) {
      LinuxException e = assertErrno(Errno.EBADF, () -> FileIo.pread(fd, memory.address(), 10, 77));
      assertTrue(e.getMessage().contains(path + "/f"), e.getMessage());
      assertTrue(e.getMessage().contains("10 bytes at offset 77"), e.getMessage());
      assertTrue(e.getMessage().endsWith("EBADF (Bad file descriptor)"), e.getMessage());
      assertErrno(Errno.EBADF, () -> FileIo.pwriteFully(read, memory.address(), 10, 77));
      assertErrno(Errno.EINVAL, () -> FileIo.pread(read, memory.address(), 10, -1));
    }
    try (Fd read = Open.at(Fd.CWD, name("/dev/zero"), Open.O_RDONLY)) {
      assertErrno(Errno.EFAULT, () -> FileIo.pread(read, 1, 10, 0));
    }
  }

  @Test
  void theDataPathAllocatesNothing() throws IOException {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    ByteBuffer buffer = ByteBuffer.allocateDirect(16);
    try (Fd fd = create("f")) {
      FileIo.pwriteFully(fd, buffer, 0);
      long allocated = 0;
      for (int round = 0; round < 2; round++) { // the first one loads classes
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
          FileIo.preadFully(fd, buffer.clear(), 0);
          FileIo.pwriteFully(fd, buffer.clear(), 0);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertTrue(allocated < 10_000, "10,000 reads and writes allocated " + allocated + " bytes");
    }
  }
}
