package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class FileSpaceTest extends LinuxTest {
  private static final long MIB = 1 << 20;
  private static final long TIB = 1L << 40;

  private static void writeMib(Fd fd, long offset) throws IOException {
    ByteBuffer ones = ByteBuffer.allocateDirect((int) MIB);
    while (ones.hasRemaining()) {
      ones.put((byte) 1);
    }
    FileIo.pwriteFully(fd, ones.flip(), offset);
  }

  @Test
  void holesAndDataOfATebibyteFileAreFound() throws IOException {
    try (Fd fd = create("sparse")) {
      FileSpace.truncate(fd, TIB);
      assertEquals(TIB, Stat.fstat(fd).size());
      assertEquals(FileSpace.NO_DATA, FileSpace.seekData(fd, 0));
      assertEquals(0, FileSpace.seekHole(fd, 0));
      writeMib(fd, MIB);
      writeMib(fd, TIB / 2);
      assertEquals(MIB, FileSpace.seekData(fd, 0));
      assertEquals(MIB + 5, FileSpace.seekData(fd, MIB + 5));
      assertEquals(2 * MIB, FileSpace.seekHole(fd, MIB));
      assertEquals(TIB / 2, FileSpace.seekData(fd, 2 * MIB));
      assertEquals(TIB / 2 + MIB, FileSpace.seekHole(fd, TIB / 2));
      assertEquals(FileSpace.NO_DATA, FileSpace.seekData(fd, TIB / 2 + MIB));
      assertTrue(Stat.fstat(fd).blocks() * 512 < 16 * MIB);
    }
  }

  @Test
  void theEndCountsAsAHole() throws IOException {
    try (Fd fd = create("full")) {
      writeMib(fd, 0);
      assertEquals(MIB, FileSpace.seekHole(fd, 0));
      assertErrno(Errno.ENXIO, () -> FileSpace.seekHole(fd, MIB));
      assertEquals(FileSpace.NO_DATA, FileSpace.seekData(fd, MIB));
      assertEquals(FileSpace.NO_DATA, FileSpace.seekData(fd, TIB));
    }
  }

  @Test
  void aPunchedHoleReadsAsZerosAndGivesSpaceBack() throws IOException {
    try (Fd fd = create("f")) {
      writeMib(fd, 0);
      FileSync.fsync(fd);
      long before = Stat.fstat(fd).blocks();
      FileSpace.punchHole(fd, MIB / 4, MIB / 2);
      FileSync.fsync(fd);
      long after = Stat.fstat(fd).blocks();
      assertEquals(MIB, Stat.fstat(fd).size());
      assertEquals(MIB / 2 / 512, before - after);
      assertEquals(MIB / 4, FileSpace.seekHole(fd, 0));
      assertEquals(3 * MIB / 4, FileSpace.seekData(fd, MIB / 4));
    }
    byte[] bytes = Files.readAllBytes(path.resolve("f"));
    for (int i = 0; i < MIB; i++) {
      assertEquals(i < MIB / 4 || i >= 3 * MIB / 4 ? 1 : 0, bytes[i]);
    }
  }

  @Test
  void spaceIsAllocatedWithAndWithoutGrowth() throws IOException {
    try (Fd fd = create("f")) {
      FileSpace.allocate(fd, FileSpace.FALLOC_FL_KEEP_SIZE, 0, MIB);
      assertEquals(0, Stat.fstat(fd).size());
      assertTrue(Stat.fstat(fd).blocks() * 512 >= MIB);
      FileSpace.allocate(fd, 0, 0, 2 * MIB);
      assertEquals(2 * MIB, Stat.fstat(fd).size());
    }
  }

  @Test
  void errorsSayWhatWasAskedFor() throws IOException {
    try (Fd fd = create("f")) {
      LinuxException e = assertErrno(Errno.EINVAL, () -> FileSpace.truncate(fd, -1));
      assertTrue(e.getMessage().contains("to -1 bytes"), e.getMessage());
      assertErrno(Errno.EINVAL, () -> FileSpace.allocate(fd, 0, 0, 0));
      assertErrno(Errno.EFBIG, () -> FileSpace.allocate(fd, 0, 0, Long.MAX_VALUE));
    }
    try (Fd pipe = Open.at(Fd.CWD, name("/proc/self/stat"), Open.O_RDONLY)) {
      assertErrno(Errno.EINVAL, () -> FileSpace.seekData(pipe, 0));
    }
  }
}
