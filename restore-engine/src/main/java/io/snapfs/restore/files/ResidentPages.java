package io.snapfs.restore.files;

import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.PageAligned;
import io.snapfs.linux.SystemInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks up which pages of the files that processes have mapped are in their memory now, out of
 * /proc/PID/maps and /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst).
 *
 * <p>CRIU needs some of them itself, and a restore waits for it: the first page of each file, where
 * it looks for the build id, and those that a process has changed, since the kernel reads a page
 * before CRIU writes over it. Those come first in the list.
 */
public final class ResidentPages {
  private enum Kind {
    ABSENT,
    CHANGED,
    UNCHANGED
  }

  /** Address range, permissions, offset, device, inode, path. */
  private static final Pattern MAPPING =
      Pattern.compile("([0-9a-f]+)-([0-9a-f]+) \\S+ ([0-9a-f]+) \\S+ ([1-9]\\d*) +(/.*)");

  private static final String DELETED = " (deleted)";
  private static final String DEVICES = "/dev/";
  private static final int HEX = 16;

  /** Of an entry of pagemap: in memory, or swapped out. */
  private static final long PRESENT = 3L << 62;

  /** The page is the file's own, and not a copy that the process has changed. */
  private static final long OF_FILE = 1L << 61;

  private static final int ENTRIES = 8192;

  private final ByteBuffer entries =
      PageAligned.allocate(ENTRIES * Long.BYTES).order(ByteOrder.nativeOrder());
  private final MappedFiles files = new MappedFiles();

  private ResidentPages() {}

  /**
   * Looks at processes. One that ends meanwhile, or may not be looked at, has no pages.
   *
   * @param pids in the order in which their files are wanted
   */
  public static MappedFiles of(List<Integer> pids) {
    ResidentPages pages = new ResidentPages();
    pids.forEach(pages::addQuietly);
    return pages.files;
  }

  private void addQuietly(int pid) {
    try {
      add(pid);
    } catch (IOException e) {
      return; // it has ended; or it is not ours, and CRIU will say so
    }
  }

  private void add(int pid) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid));
    List<String> maps = Files.readAllLines(process.resolve("maps"), StandardCharsets.ISO_8859_1);
    try (Fd pagemap =
        Open.at(Fd.CWD, Names.of(process.resolve("pagemap").toString()), Open.O_RDONLY)) {
      for (String line : maps) {
        Matcher mapping = MAPPING.matcher(line);
        if (mapping.matches() && isFile(mapping.group(5))) {
          String path = mapping.group(5).replace("\\012", "\n");
          files.add(path, 0, SystemInfo.pageSize());
          addMapping(
              pagemap,
              Long.parseUnsignedLong(mapping.group(1), HEX),
              Long.parseUnsignedLong(mapping.group(2), HEX),
              Long.parseUnsignedLong(mapping.group(3), HEX),
              path);
        }
      }
    }
  }

  private static boolean isFile(String path) {
    return !path.endsWith(DELETED) && !path.startsWith(DEVICES);
  }

  private void addMapping(Fd pagemap, long from, long to, long offset, String path)
      throws LinuxException {
    long page = SystemInfo.pageSize();
    long pages = (to - from) / page;
    for (long first = 0; first < pages; first += ENTRIES) {
      int wanted = (int) Math.min(ENTRIES, pages - first);
      entries.clear().limit(wanted * Long.BYTES);
      int read = FileIo.pread(pagemap, entries, (from / page + first) * Long.BYTES) / Long.BYTES;
      addRuns(read, offset + first * page, path);
      if (read < wanted) {
        return; // the mapping has just become shorter
      }
    }
  }

  private void addRuns(int count, long offset, String path) {
    long page = SystemInfo.pageSize();
    Kind kind = Kind.ABSENT;
    int begin = 0;
    for (int i = 0; i <= count; i++) {
      Kind its = i < count ? kindOf(entries.getLong(i * Long.BYTES)) : Kind.ABSENT;
      if (its != kind) {
        if (kind == Kind.CHANGED) {
          files.add(path, offset + begin * page, (i - begin) * page);
        } else if (kind == Kind.UNCHANGED) {
          files.addLater(path, offset + begin * page, (i - begin) * page);
        }
        kind = its;
        begin = i;
      }
    }
  }

  private static Kind kindOf(long entry) {
    if ((entry & PRESENT) == 0) {
      return Kind.ABSENT;
    }
    return (entry & OF_FILE) == 0 ? Kind.CHANGED : Kind.UNCHANGED;
  }
}
