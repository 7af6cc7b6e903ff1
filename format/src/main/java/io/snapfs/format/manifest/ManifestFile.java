package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The frame of a manifest: header, section directory, checksum table and footer, all checked, and
 * from them the sections. What the sections mean is the business of the table classes.
 */
final class ManifestFile {
  private final ManifestHeader header;
  private final CheckedBytes bytes;
  private final List<Section> sections;
  private final Map<SectionType, SectionTable> tables = new EnumMap<>(SectionType.class);

  private ManifestFile(ManifestHeader header, CheckedBytes bytes, List<Section> sections)
      throws CorruptException {
    this.header = header;
    this.bytes = bytes;
    this.sections = sections;
    for (Section section : sections) {
      SectionType type = SectionType.of(section.type());
      if (type != null) {
        tables.put(type, new SectionTable(bytes, section));
      }
    }
    for (SectionType type : SectionType.values()) {
      if (!tables.containsKey(type)) {
        throw new CorruptException(
            bytes.resource(), ManifestHeader.LENGTH, "section " + type + " is missing");
      }
    }
  }

  /**
   * Checks the frame. Costs its own size, whatever the size of the manifest: the checksum table has
   * 4 bytes per 64 KiB.
   */
  static ManifestFile open(ByteBuffer source, String resource) throws IOException {
    ByteBuffer mapped = source.slice().order(ByteOrder.LITTLE_ENDIAN);
    long length = mapped.limit();
    if (length < ManifestHeader.LENGTH + ManifestHeader.FOOTER) {
      throw new CorruptException(
          resource,
          -1,
          "it has " + length + " bytes, too few for a manifest (truncated, or something else)");
    }
    ManifestHeader header =
        ManifestHeader.read(copy(mapped, resource, 0, ManifestHeader.LENGTH), resource, length);
    header.checkFooter(
        copy(mapped, resource, length - ManifestHeader.FOOTER, ManifestHeader.FOOTER), resource);
    CheckedBytes bytes =
        new CheckedBytes(
            mapped, resource, readSums(mapped, resource, header), header.tableOffset());
    return new ManifestFile(header, bytes, readDirectory(mapped, resource, header));
  }

  private static int[] readSums(ByteBuffer mapped, String resource, ManifestHeader header)
      throws CorruptException {
    ByteBuffer table = copy(mapped, resource, header.tableOffset(), 4 * header.blocks());
    checkSum(table, header.tableSum(), resource, header.tableOffset(), "the checksum table");
    int[] sums = new int[header.blocks()];
    table.asIntBuffer().get(sums);
    return sums;
  }

  private static List<Section> readDirectory(
      ByteBuffer mapped, String resource, ManifestHeader header) throws CorruptException {
    ByteBuffer directory =
        copy(mapped, resource, ManifestHeader.LENGTH, header.sections() * SectionDirectory.ENTRY);
    checkSum(
        directory, header.directorySum(), resource, ManifestHeader.LENGTH, "the section directory");
    return SectionDirectory.read(directory, resource, header.tableOffset());
  }

  private static void checkSum(ByteBuffer part, int expected, String resource, long at, String what)
      throws CorruptException {
    int sum = Crc32c.of(part, 0, part.limit());
    if (sum != expected) {
      throw new CorruptException(
          resource, at, String.format("%s has checksum %08x, expected %08x", what, sum, expected));
    }
  }

  private static ByteBuffer copy(ByteBuffer mapped, String resource, long at, int length)
      throws CorruptException {
    return ByteBuffer.wrap(CheckedBytes.copy(mapped, resource, at, length))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  ManifestHeader header() {
    return header;
  }

  String resource() {
    return bytes.resource();
  }

  CheckedBytes bytes() {
    return bytes;
  }

  /** All sections, also those of unknown types. */
  List<Section> sections() {
    return sections;
  }

  SectionTable table(SectionType type) {
    return tables.get(type);
  }
}
