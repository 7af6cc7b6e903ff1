package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NativeMemoryTest extends LinuxTest {
  private static boolean isMapped(NativeMemory memory) throws IOException {
    String start = Long.toHexString(memory.address());
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.anyMatch(line -> line.replaceFirst("^0+", "").startsWith(start + "-"));
    }
  }

  @Test
  void isZeroWritableAlignedAndGoneAfterClose() throws IOException {
    int page = SystemInfo.pageSize();
    NativeMemory memory = NativeMemory.allocate(3L * page + 1);
    try (memory) {
      assertEquals(4L * page, memory.size());
      assertEquals(0, memory.address() % page);
      ByteBuffer whole = memory.slice(0, (int) memory.size());
      assertEquals(ByteOrder.LITTLE_ENDIAN, whole.order());
      for (int i = 0; i < whole.capacity(); i++) {
        assertEquals(0, whole.get(i));
      }
      memory.slice(8, 8).putLong(0, 0x0102030405060708L);
      assertEquals(8, whole.get(8));
      assertEquals(memory.address() + 8, Addresses.of(memory.slice(8, 8)));
    }
    memory.close();
    assertThrows(IllegalStateException.class, () -> memory.slice(0, 1));
  }

  @Test
  void closeUnmaps() throws IOException {
    try (Fd fd = MemFd.create("unmap")) {
      FileSpace.truncate(fd, 1 << 20);
      NativeMemory memory =
          NativeMemory.map(fd, 0, 1 << 20, NativeMemory.PROT_READ, NativeMemory.MAP_SHARED);
      assertTrue(isMapped(memory));
      memory.close();
      assertTrue(!isMapped(memory));
    }
  }

  @Test
  void aFileIsMappedAtItsOffsetBeyondATebibyte() throws IOException {
    long offset = 1L << 40;
    try (Fd fd = create("f");
        NativeMemory source = NativeMemory.allocate(1)) {
      source.slice(0, 8).putLong(0x1122334455667788L);
      FileIo.pwriteFully(fd, source.address(), 8, offset + 4096);
      int protection = NativeMemory.PROT_READ | NativeMemory.PROT_WRITE;
      try (NativeMemory shared =
              NativeMemory.map(fd, offset, 4104, protection, NativeMemory.MAP_SHARED);
          NativeMemory copy =
              NativeMemory.map(fd, offset, 4104, protection, NativeMemory.MAP_PRIVATE)) {
        assertEquals(0x1122334455667788L, shared.slice(4096, 8).getLong());
        copy.slice(4096, 8).putLong(7);
        FileIo.preadFully(fd, source.address(), 8, offset + 4096);
        assertEquals(
            0x1122334455667788L, source.slice(0, 8).getLong(), "a private mapping leaves the file");
        shared.slice(4096, 8).putLong(9);
        FileIo.preadFully(fd, source.address(), 8, offset + 4096);
        assertEquals(9, source.slice(0, 8).getLong());
      }
    }
  }

  @Test
  void dontNeedGivesPagesBack() throws IOException {
    try (NativeMemory memory = NativeMemory.allocate(1 << 20)) {
      memory.slice(0, 8).putLong(1);
      memory.slice(1 << 19, 8).putLong(2);
      memory.advise(1 << 19, 1 << 19, NativeMemory.MADV_DONTNEED);
      assertEquals(1, memory.slice(0, 8).getLong());
      assertEquals(0, memory.slice(1 << 19, 8).getLong());
      assertErrno(Errno.EINVAL, () -> memory.advise(1, 100, NativeMemory.MADV_DONTNEED));
    }
  }

  @Test
  void rangesOutsideAreRefused() throws IOException {
    try (NativeMemory memory = NativeMemory.allocate(4096)) {
      long size = memory.size();
      assertThrows(IndexOutOfBoundsException.class, () -> memory.slice(size - 1, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> memory.slice(-1, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> memory.slice(Long.MAX_VALUE, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> memory.advise(0, size + 1, 0));
      assertEquals(0, memory.slice(size, 0).capacity());
    }
    assertThrows(IllegalArgumentException.class, () -> NativeMemory.allocate(0));
    assertThrows(ArithmeticException.class, () -> NativeMemory.allocate(Long.MAX_VALUE));
    assertErrno(Errno.ENOMEM, () -> NativeMemory.allocate(1L << 60));
  }

  @Test
  void aMemFdIsAFileWithoutAName() throws IOException {
    try (Fd fd = MemFd.create("snapfs-test")) {
      assertEquals(
          "/memfd:snapfs-test (deleted)",
          Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd.intValue())).toString());
      FileSpace.truncate(fd, 5);
      assertEquals(5, Stat.fstat(fd).size());
    }
  }
}
