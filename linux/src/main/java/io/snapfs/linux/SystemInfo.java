package io.snapfs.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The running system: its constants, and its memory. */
public final class SystemInfo {
  private static final int SC_PAGESIZE = 30;

  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";
  private static final long KIB = 1024;

  private SystemInfo() {}

  /** The size of a page of memory in bytes, 4096 on x86-64. */
  public static int pageSize() {
    return (int) Native.data().sysconf(SC_PAGESIZE);
  }

  /** Bytes of memory that programs could get now, page cache included; as the kernel estimates. */
  public static long availableMemory() throws IOException {
    for (String line : Files.readAllLines(MEMINFO, StandardCharsets.US_ASCII)) {
      if (line.startsWith(AVAILABLE)) {
        return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
      }
    }
    return Long.MAX_VALUE;
  }
}
