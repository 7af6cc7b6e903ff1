package io.snapfs.format.node;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.FileSpace;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.PageAligned;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Compares a file on the node with its record. Stateless. */
final class Checking {
  private static final ThreadLocal<ByteBuffer> BLOCK =
      ThreadLocal.withInitial(() -> PageAligned.allocate(BlockSums.BLOCK));

  private Checking() {}

  /**
   * Reads a whole file and compares it.
   *
   * @param record as it was while the file was opened, under the lock
   * @return what it is known by
   * @throws CorruptException if it is not what was recorded
   */
  static FileIdentity check(Fd file, NodeRecord record, Pace pace) throws IOException {
    requireIdentity(file, record);
    long length = record.identity().length();
    long data = nextData(file, 0, length);
    for (int i = 0; i < record.sums().length; i++) {
      long offset = (long) i * BlockSums.BLOCK;
      int size = (int) Math.min(BlockSums.BLOCK, length - offset);
      if (data < offset) {
        data = nextData(file, offset, length);
      }
      int sum = data >= offset + size ? BlockSums.ofZeros(size) : sum(file, offset, size);
      if (sum != record.sums()[i]) {
        throw new CorruptException(file.path(), offset, "the checksum of the next MiB differs");
      }
      pace.step(size);
    }
    requireIdentity(file, record); // nobody wrote meanwhile
    return record.identity();
  }

  private static void requireIdentity(Fd file, NodeRecord record) throws IOException {
    Stat stat = Stat.fstat(file);
    if (!stat.isRegular() || !FileIdentity.of(stat).equals(record.identity())) {
      throw new CorruptException(
          file.path(),
          -1,
          "expected "
              + record.identity()
              + ", found "
              + FileIdentity.of(stat)
              + (stat.isRegular() ? "" : ", which is no regular file"));
    }
  }

  private static long nextData(Fd file, long offset, long length) throws LinuxException {
    if (offset >= length) {
      return length;
    }
    long data = FileSpace.seekData(file, offset);
    return data == FileSpace.NO_DATA ? Long.MAX_VALUE : data;
  }

  private static int sum(Fd file, long offset, int size) throws IOException {
    ByteBuffer block = BLOCK.get().clear().limit(size);
    FileIo.preadFully(file, block, offset);
    return Crc32c.of(block, 0, size);
  }
}
