package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageCacheTest {
  private static final int LENGTH = 1 << 20;

  @TempDir Path temp;

  private Fd file() throws IOException {
    Path path = Files.write(temp.resolve("f"), new byte[LENGTH]);
    return Open.at(Fd.CWD, Names.of(path.toString()), Open.O_RDWR);
  }

  @Test
  void whatWasJustWrittenIsThereButNothingBehindTheEnd() throws IOException {
    try (Fd file = file()) {
      assumeTrue(PageCache.holds(file, 0, LENGTH), "this kernel can't tell");
      assertTrue(PageCache.holds(file, 4095, 2));
      assertTrue(PageCache.holds(file, LENGTH - 1, 1));
      assertFalse(PageCache.holds(file, LENGTH - 1, 2));
    }
  }

  @Test
  void whatWasDroppedIsNotThereUntilItIsRead() throws IOException {
    try (Fd file = file()) {
      FileSync.fsync(file);
      FileSync.advise(file, 0, 0, FileSync.POSIX_FADV_DONTNEED);
      assumeFalse(PageCache.holds(file, 0, LENGTH), "a filesystem in memory drops nothing");
      assertFalse(PageCache.holds(file, 0, LENGTH), "to ask brings nothing");
      FileIo.preadFully(file, ByteBuffer.allocateDirect(LENGTH), 0);
      assumeTrue(PageCache.holds(file, 0, 4096), "this kernel can't tell");
      assertTrue(PageCache.holds(file, 0, LENGTH));
    }
  }

  @Test
  void whatIsNoFileIsNotThere() throws IOException {
    try (Fd device = Open.at(Fd.CWD, Names.of("/dev/null"), Open.O_RDONLY)) {
      assertFalse(PageCache.holds(device, 0, 1));
    }
  }
}
