package io.snapfs.format.node;

import io.snapfs.linux.LinuxException;
import io.snapfs.linux.StatFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much a node's directory may take if nobody says: half of what is free, counting what it takes
 * already; on a tmpfs, which is memory, not more than a quarter of the memory that is free.
 */
final class DefaultLimit {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";
  private static final int DISK_SHARE = 2;
  private static final int MEMORY_SHARE = 4;

  private DefaultLimit() {}

  static long of(NodeDirectory directory) throws LinuxException {
    long used = directory.locked(() -> Space.of(directory).used());
    StatFs filesystem = StatFs.of(directory.top());
    long free = filesystem.availableBlocks() * filesystem.blockSize() + used;
    long limit = free / DISK_SHARE;
    return filesystem.type() == StatFs.TMPFS_MAGIC
        ? Math.min(limit, (availableMemory() + used) / MEMORY_SHARE)
        : limit;
  }

  /** Bytes; endless where the kernel does not say. */
  private static long availableMemory() {
    try {
      for (String line : Files.readAllLines(MEMINFO, StandardCharsets.US_ASCII)) {
        if (line.startsWith(AVAILABLE)) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException | NumberFormatException e) {
      // then the filesystem's own size must do
    }
    return Long.MAX_VALUE / 2;
  }
}
