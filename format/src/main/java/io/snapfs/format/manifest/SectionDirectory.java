package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The section directory, FORMAT.md section 4: what lies where.
 *
 * <pre>
 * 0        4            8        16       24       32
 * +--------+------------+--------+--------+--------+
 * | type   | entry size | offset | length | count  |   one entry
 * +--------+------------+--------+--------+--------+
 * </pre>
 */
final class SectionDirectory {
  static final int ENTRY = 32;
  private static final int TYPE = 0;
  private static final int ENTRY_SIZE = 4;
  private static final int OFFSET = 8;
  private static final int LENGTH = 16;
  private static final int COUNT = 24;

  private SectionDirectory() {}

  static void write(ByteBuffer directory, int index, Section section) {
    int base = index * ENTRY;
    directory.putInt(base + TYPE, section.type());
    directory.putInt(base + ENTRY_SIZE, section.entrySize());
    directory.putLong(base + OFFSET, section.offset());
    directory.putLong(base + LENGTH, section.length());
    directory.putLong(base + COUNT, section.count());
  }

  /**
   * Reads and checks all entries.
   *
   * @param directory the bytes of the directory, from its index 0, already found to match their
   *     checksum
   * @param end where the last section has to end
   */
  static List<Section> read(ByteBuffer directory, String resource, long end)
      throws CorruptException {
    int count = directory.limit() / ENTRY;
    List<Section> sections = new ArrayList<>(count);
    long free = (long) ManifestHeader.LENGTH + directory.limit();
    long lastType = 0;
    for (int i = 0; i < count; i++) {
      int base = i * ENTRY;
      long at = (long) ManifestHeader.LENGTH + base;
      long type = Integer.toUnsignedLong(directory.getInt(base + TYPE));
      if (type <= lastType) {
        throw new CorruptException(
            resource, at, "section type " + type + " follows type " + lastType);
      }
      Section section =
          new Section(
              (int) type,
              directory.getInt(base + ENTRY_SIZE),
              directory.getLong(base + OFFSET),
              directory.getLong(base + LENGTH),
              directory.getLong(base + COUNT));
      checkPlace(section, resource, at, free, end);
      checkShape(section, resource, at);
      sections.add(section);
      free = section.end();
      lastType = type;
    }
    return sections;
  }

  private static void checkPlace(Section s, String resource, long at, long free, long end)
      throws CorruptException {
    if (s.offset() < free || s.offset() > end || s.offset() % 8 != 0) {
      throw new CorruptException(
          resource,
          at + OFFSET,
          "section "
              + s.type()
              + " begins at "
              + Long.toUnsignedString(s.offset())
              + ", expected a multiple of 8 from "
              + free
              + " to "
              + end);
    }
    if (s.length() < 0 || s.length() > end - s.offset()) {
      throw new CorruptException(
          resource,
          at + LENGTH,
          "section "
              + s.type()
              + " is "
              + Long.toUnsignedString(s.length())
              + " bytes long, there is room for "
              + (end - s.offset()));
    }
  }

  private static void checkShape(Section s, String resource, long at) throws CorruptException {
    SectionType known = SectionType.of(s.type());
    if (s.entrySize() <= 0 || (known != null && s.entrySize() != known.entrySize())) {
      throw new CorruptException(
          resource,
          at + ENTRY_SIZE,
          "records of section "
              + s.type()
              + " have "
              + Integer.toUnsignedString(s.entrySize())
              + " bytes"
              + (known == null ? "" : ", expected " + known.entrySize()));
    }
    // The length is below 2 GiB, so the product can only be right if it doesn't overflow.
    if (s.count() < 0 || s.count() > s.length() || s.count() * s.entrySize() != s.length()) {
      throw new CorruptException(
          resource,
          at + COUNT,
          "section "
              + s.type()
              + " has "
              + Long.toUnsignedString(s.count())
              + " records of "
              + s.entrySize()
              + " bytes in "
              + s.length()
              + " bytes");
    }
  }
}
