package io.snapfs.restore.criu;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the content of each page of a process lies, whichever dump of a chain it is in.
 *
 * @param runs by ascending address, none overlaps another
 */
public record PageLocations(List<Run> runs) {
  /** Longest chain of dumps. */
  private static final int MOST_DUMPS = 256;

  /**
   * Pages that follow each other both in memory and in a file.
   *
   * @param address of the first one in the process
   * @param length in bytes, whole pages
   * @param file that holds them
   * @param offset of the first one there
   */
  public record Run(long address, long length, PagesFile file, long offset) {
    /** The byte behind the last page. */
    public long end() {
      return address + length;
    }

    /** The part of it that lies in a range, which it must meet. */
    public Run within(long from, long to) {
      long start = Math.max(address, from);
      return new Run(start, Math.min(end(), to) - start, file, offset + (start - address));
    }
  }

  /** Takes a copy. */
  public PageLocations {
    runs = List.copyOf(runs);
  }

  /**
   * Reads the pagemap of a process, and those of the dumps that this one was made on top of.
   *
   * @throws CorruptException if a pages file ends before its pagemap does, or a parent lacks pages
   */
  public static PageLocations read(ImageFolder folder, int pid, int pageSize) throws IOException {
    return read(folder, pid, pageSize, MOST_DUMPS);
  }

  private static PageLocations read(ImageFolder folder, int pid, int pageSize, int mostDumps)
      throws IOException {
    if (mostDumps == 0) {
      throw new CorruptException(
          folder.describe("parent"), -1, "more than " + MOST_DUMPS + " dumps are in a chain");
    }
    Pagemap pagemap = Pagemap.read(folder, pid, pageSize);
    PagesFile file = null;
    PageLocations parent = null;
    List<Run> runs = new ArrayList<>();
    long offset = 0;
    for (Pagemap.Entry entry : pagemap.entries()) {
      long length = entry.pages() * pageSize;
      if (entry.place() == Pagemap.Place.PARENT) {
        if (parent == null) {
          parent = read(folder.parent(), pid, pageSize, mostDumps - 1);
        }
        parent.addTo(runs, entry.address(), entry.end(pageSize), pagemap.resource());
      } else {
        if (file == null) {
          file = folder.pages(pagemap.pagesFile());
        }
        if (length > file.size() - offset) {
          throw new CorruptException(
              file.description(),
              -1,
              String.format(
                  "it has %d bytes, but %s wants %d at offset %d for address %x",
                  file.size(), pagemap.resource(), length, offset, entry.address()));
        }
        runs.add(new Run(entry.address(), length, file, offset));
        offset += length;
      }
    }
    return new PageLocations(runs);
  }

  /** Adds what is in a range, all of which must be there. */
  private void addTo(List<Run> target, long from, long to, String child) throws CorruptException {
    long at = from;
    for (Run run : runs.subList(firstEndingBehind(from), runs.size())) {
      if (at == to || run.address > at) {
        break;
      }
      target.add(run.within(at, to));
      at = Math.min(run.end(), to);
    }
    if (at < to) {
      throw new CorruptException(
          child, -1, String.format("it takes page %x from its parent, which hasn't got it", at));
    }
  }

  private int firstEndingBehind(long address) {
    int low = 0;
    int high = runs.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (runs.get(middle).end() > address) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** What lies in a range of addresses, cut at its borders. */
  public List<Run> within(long from, long to) {
    List<Run> inside = new ArrayList<>();
    for (int i = firstEndingBehind(from); i < runs.size() && runs.get(i).address < to; i++) {
      inside.add(runs.get(i).within(from, to));
    }
    return inside;
  }

  /** Bytes of all runs. */
  public long bytes() {
    return runs.stream().mapToLong(Run::length).sum();
  }
}
