package io.snapfs.restore.criu;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which pages of a process a dump has, {@code pagemap-PID.img}.
 *
 * @param pagesId number of the file with the pages: {@code pages-N.img}
 * @param entries by ascending address, none overlaps another
 * @param resource the file, for messages
 */
public record Pagemap(int pagesId, List<Entry> entries, String resource) {
  private static final int MAGIC = 0x56084025;
  private static final int PAGES_ID = 1;

  // pagemap_entry
  private static final int ADDRESS = 1;
  private static final int COUNT_32 = 2;
  private static final int IN_PARENT = 3;
  private static final int FLAGS = 4;
  private static final int COUNT = 5;

  private static final int PARENT = 1;
  private static final int LAZY = 2;
  private static final int PRESENT = 4;

  /** Where the content of pages is. */
  public enum Place {
    /** In the pages file, behind that of the entries before. */
    HERE,
    /** In the dump that this one was made on top of. */
    PARENT
  }

  /**
   * A run of pages.
   *
   * @param address of the first one
   * @param pages how many, at least one
   * @param place where their content is
   */
  public record Entry(long address, long pages, Place place) {
    /** The byte behind the last page. */
    public long end(int pageSize) {
      return address + pages * pageSize;
    }
  }

  /** Takes a copy. */
  public Pagemap {
    entries = List.copyOf(entries);
  }

  /**
   * Reads that of a process.
   *
   * @param pageSize of the machine that the dump was made on
   */
  public static Pagemap read(ImageFolder folder, int pid, int pageSize) throws IOException {
    return read(folder, "pagemap-" + pid + ".img", pageSize);
  }

  /** The same, of a file that is named. */
  static Pagemap read(ImageFolder folder, String name, int pageSize) throws IOException {
    ImageRecords records = ImageRecords.open(folder, name, MAGIC);
    if (!records.hasNext()) {
      throw new CorruptException(records.resource(), -1, "it has no head");
    }
    int pagesId = readHead(records.next());
    List<Entry> entries = new ArrayList<>();
    long end = 0;
    while (records.hasNext()) {
      ProtobufReader record = records.next();
      Entry entry = readEntry(record);
      long most = (Long.MAX_VALUE - entry.address) / pageSize;
      if (entry.address < end
          || entry.address % pageSize != 0
          || entry.pages < 1
          || entry.pages > most) {
        throw record.damaged(
            String.format(
                "a run of %s pages at address %x after one that ends at %x",
                Long.toUnsignedString(entry.pages), entry.address, end));
      }
      end = entry.end(pageSize);
      entries.add(entry);
    }
    return new Pagemap(pagesId, entries, records.resource());
  }

  /** Bytes of the pages that are in the pages file. */
  long bytesHere(int pageSize) {
    return pageSize
        * entries.stream().filter(entry -> entry.place == Place.HERE).mapToLong(Entry::pages).sum();
  }

  /** Name of the file with the pages. */
  public String pagesFile() {
    return "pages-" + Integer.toUnsignedString(pagesId) + ".img";
  }

  private static int readHead(ProtobufReader head) throws CorruptException {
    int id = 0;
    while (head.next()) {
      if (head.field() == PAGES_ID) {
        id = head.integer32();
      }
    }
    return id;
  }

  private static Entry readEntry(ProtobufReader record) throws CorruptException {
    long address = 0;
    long pages = 0;
    boolean inParent = false;
    int flags = -1;
    while (record.next()) {
      switch (record.field()) {
        case ADDRESS -> address = record.integer();
        case COUNT_32 -> pages = pages == 0 ? record.integer() : pages;
        case COUNT -> pages = record.integer(); // newer: it counts if both are there
        case IN_PARENT -> inParent = record.integer() != 0;
        case FLAGS -> flags = record.integer32();
        default -> {}
      }
    }
    return new Entry(address, pages, place(record, inParent, flags));
  }

  private static Place place(ProtobufReader record, boolean inParent, int flags)
      throws CorruptException {
    if (inParent || (flags >= 0 && (flags & PARENT) != 0)) {
      if (flags >= 0 && (flags & PRESENT) != 0) {
        throw record.damaged("pages are both here and in the parent");
      }
      return Place.PARENT;
    }
    if (flags < 0 || (flags & PRESENT) != 0) { // the oldest dumps have no flags
      return Place.HERE;
    }
    throw record.damaged(
        (flags & LAZY) != 0
            ? "pages are not in the dump, which was made with 'criu dump --lazy-pages'"
            : String.format("pages with flags %#x are nowhere", flags));
  }
}
