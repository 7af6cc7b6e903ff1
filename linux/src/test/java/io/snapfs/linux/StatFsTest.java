package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class StatFsTest extends LinuxTest {
  @Test
  void agreesWithWhatJavaSays() throws IOException {
    FileStore store = Files.getFileStore(path);
    StatFs statFs = StatFs.of(dir);
    assertEquals(store.getBlockSize(), statFs.blockSize());
    assertEquals(store.getTotalSpace(), statFs.blocks() * statFs.blockSize());
    assertTrue(statFs.availableBlocks() <= statFs.freeBlocks(), statFs.toString());
    assertTrue(statFs.freeBlocks() <= statFs.blocks(), statFs.toString());
    assertEquals(255, statFs.nameLength());
    StatFs byPath = StatFs.of(name(path.toString()));
    assertEquals(statFs.type(), byPath.type());
    assertEquals(statFs.files(), byPath.files());
  }

  @Test
  void freeSpaceIsWhatATmpfsHasLeft() throws IOException {
    assumeRoot();
    byte[] target = name(path.toString());
    Mounts.mount(name("test"), target, "tmpfs", 0, "size=1m,nr_inodes=10");
    try (Fd root = Open.directory(Fd.CWD, target);
        Fd fd = Open.at(root, name("f"), Open.O_RDWR | Open.O_CREAT, 0600)) {
      FileSpace.allocate(fd, 0, 0, 256 << 10);
      StatFs statFs = StatFs.of(fd);
      assertEquals(1 << 20, statFs.blocks() * statFs.blockSize());
      assertEquals(768 << 10, statFs.freeBlocks() * statFs.blockSize());
      assertEquals(768 << 10, statFs.availableBlocks() * statFs.blockSize());
      assertEquals(10, statFs.files());
      assertEquals(8, statFs.freeFiles(), "the root and one file are there");
      assertErrno(Errno.ENOSPC, () -> FileSpace.allocate(fd, 0, 0, 2 << 20));
    } finally {
      Mounts.umount(target, Mounts.MNT_DETACH);
    }
  }

  @Test
  void errorsNameThePath() {
    LinuxException e = assertErrno(Errno.ENOENT, () -> StatFs.of(name(path + "/none")));
    assertEquals("statfs " + path + "/none: ENOENT (No such file or directory)", e.getMessage());
  }

  @Test
  void pagesAreOfAPowerOfTwo() {
    int page = SystemInfo.pageSize();
    assertEquals(1, Integer.bitCount(page));
    assertTrue(page >= 4096, () -> page + " bytes");
  }
}
