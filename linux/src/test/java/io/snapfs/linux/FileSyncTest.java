package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileSyncTest extends LinuxTest {
  private static final int SIZE = 4 << 20;

  /** The ways to bring a file's data to the disk. */
  enum Way {
    FSYNC,
    FDATASYNC,
    SYNCFS,
    SYNC_FILE_RANGE;

    void apply(Fd fd) throws LinuxException {
      switch (this) {
        case FSYNC -> FileSync.fsync(fd);
        case FDATASYNC -> FileSync.fdatasync(fd);
        case SYNCFS -> FileSync.syncfs(fd);
        case SYNC_FILE_RANGE ->
            FileSync.syncFileRange(
                fd,
                0,
                0,
                FileSync.SYNC_FILE_RANGE_WAIT_BEFORE
                    | FileSync.SYNC_FILE_RANGE_WRITE
                    | FileSync.SYNC_FILE_RANGE_WAIT_AFTER);
      }
    }
  }

  /** How much this process has read from disks so far, in bytes. */
  private static long readFromDisk() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/io"))) {
      if (line.startsWith("read_bytes: ")) {
        return Long.parseLong(line.substring("read_bytes: ".length()));
      }
    }
    throw new AssertionError("no read_bytes in /proc/self/io");
  }

  /**
   * Only clean pages can be dropped from the page cache, so a read that goes to the disk shows that
   * they were clean.
   */
  @ParameterizedTest
  @EnumSource
  void afterItThePagesAreCleanAndCanBeDropped(Way way) throws IOException {
    assumeFalse(StatFs.of(dir).type() == StatFs.TMPFS_MAGIC, "tmpfs has no disk");
    try (Fd fd = create("f");
        NativeMemory memory = NativeMemory.allocate(SIZE)) {
      FileIo.pwriteFully(fd, memory.address(), SIZE, 0);
      way.apply(fd);
      FileSync.advise(fd, 0, 0, FileSync.POSIX_FADV_DONTNEED);
      long before = readFromDisk();
      FileIo.preadFully(fd, memory.address(), SIZE, 0);
      long read = readFromDisk() - before;
      assertTrue(read >= SIZE, () -> "only " + read + " bytes came from the disk");
    }
  }

  @Test
  void adviceIsBoundToItsRange() throws IOException {
    assumeFalse(StatFs.of(dir).type() == StatFs.TMPFS_MAGIC, "tmpfs has no disk");
    try (Fd fd = create("f");
        NativeMemory memory = NativeMemory.allocate(SIZE)) {
      FileIo.pwriteFully(fd, memory.address(), SIZE, 0);
      FileSync.fsync(fd);
      FileSync.advise(fd, SIZE / 2, SIZE / 2, FileSync.POSIX_FADV_DONTNEED);
      long start = readFromDisk();
      FileIo.preadFully(fd, memory.address(), SIZE / 4, 0);
      long firstHalf = readFromDisk() - start;
      FileIo.preadFully(fd, memory.address(), SIZE / 2, SIZE / 2);
      long secondHalf = readFromDisk() - start - firstHalf;
      assertTrue(firstHalf < SIZE / 4, () -> firstHalf + " bytes of the first half were dropped");
      assertTrue(secondHalf >= SIZE / 2, () -> "only " + secondHalf + " bytes were dropped");
    }
  }

  @Test
  void directoriesCanBeSynced() throws IOException {
    create("f").close();
    FileSync.fsync(dir);
    FileSync.syncfs(dir);
    assertTrue(Stat.lstatAt(dir, name("f")).isRegular());
  }

  @Test
  void errorsAreThoseOfTheKernel() throws IOException {
    try (Fd onlyPath = Open.at(dir, name("."), Open.O_PATH);
        Fd file = create("f")) {
      assertErrno(Errno.EBADF, () -> FileSync.fsync(onlyPath));
      assertErrno(Errno.EBADF, () -> FileSync.fdatasync(onlyPath));
      assertErrno(Errno.EBADF, () -> FileSync.syncfs(onlyPath));
      assertErrno(Errno.EINVAL, () -> FileSync.syncFileRange(file, 0, 0, 99));
      assertErrno(Errno.EINVAL, () -> FileSync.syncFileRange(file, 0, -1, 0));
      assertErrno(Errno.EINVAL, () -> FileSync.advise(file, 0, 0, 99));
      assertErrno(
          Errno.EBADF, () -> FileSync.advise(onlyPath, 0, 0, FileSync.POSIX_FADV_SEQUENTIAL));
    }
    try (Fd device = Open.at(Fd.CWD, name("/dev/null"), Open.O_RDONLY)) {
      assertErrno(Errno.EINVAL, () -> FileSync.fsync(device));
      assertErrno(Errno.EINVAL, () -> FileSync.fdatasync(device));
    }
  }
}
