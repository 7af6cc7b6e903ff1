package io.snapfs.restore.criu;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The mappings of a process, {@code mm-PID.img}.
 *
 * @param areas by ascending address, none overlaps another
 */
public record MemoryMap(List<Area> areas) {
  private static final int MAGIC = 0x57492820;
  private static final int AREA = 14;

  // vma_entry
  private static final int START = 1;
  private static final int END = 2;
  private static final int PROTECTION = 5;
  private static final int FLAGS = 6;
  private static final int STATUS = 7;

  // mmap(2)
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_LOCKED = 0x2000;
  private static final int MAP_HUGETLB = 0x40000;

  // status bits of CRIU
  private static final int VSYSCALL = 4;
  private static final int VDSO = 8;
  private static final int VVAR = 4096;

  /**
   * A mapping.
   *
   * @param start its first byte
   * @param end the byte behind its last
   * @param protection as in mmap(2)
   * @param flags as in mmap(2)
   * @param status bits that CRIU keeps about it
   */
  public record Area(long start, long end, int protection, int flags, int status) {
    /**
     * Whether CRIU leaves its pages to a page server in a lazy restore: private anonymous memory
     * that is neither locked, nor of huge pages, nor the kernel's. All else it restores itself.
     */
    public boolean isLazy() {
      int wanted = MAP_PRIVATE | MAP_ANONYMOUS;
      return (flags & (wanted | MAP_LOCKED | MAP_HUGETLB)) == wanted
          && (status & (VSYSCALL | VDSO | VVAR)) == 0;
    }
  }

  /** Takes a copy. */
  public MemoryMap {
    areas = List.copyOf(areas);
  }

  /** Reads that of a process. */
  public static MemoryMap read(ImageFolder folder, int pid) throws IOException {
    ImageRecords records = ImageRecords.open(folder, "mm-" + pid + ".img", MAGIC);
    if (!records.hasNext()) {
      throw new CorruptException(records.resource(), -1, "it has no record");
    }
    ProtobufReader record = records.next();
    List<Area> areas = new ArrayList<>();
    long end = 0;
    while (record.next()) {
      if (record.field() == AREA) {
        Area area = readArea(record.message());
        // The page of system calls that old kernels map is in the upper half: unsigned.
        if (Long.compareUnsigned(area.start, end) < 0
            || Long.compareUnsigned(area.start, area.end) >= 0) {
          throw record.damaged(
              String.format(
                  "mapping %x-%x is empty, or overlaps what ends at %x",
                  area.start, area.end, end));
        }
        end = area.end;
        areas.add(area);
      }
    }
    return new MemoryMap(areas);
  }

  private static Area readArea(ProtobufReader entry) throws CorruptException {
    long start = 0;
    long end = 0;
    int protection = 0;
    int flags = 0;
    int status = 0;
    while (entry.next()) {
      switch (entry.field()) {
        case START -> start = entry.integer();
        case END -> end = entry.integer();
        case PROTECTION -> protection = entry.integer32();
        case FLAGS -> flags = entry.integer32();
        case STATUS -> status = entry.integer32();
        default -> {}
      }
    }
    return new Area(start, end, protection, flags, status);
  }
}
