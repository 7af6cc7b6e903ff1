package io.snapfs.format.manifest;

import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.blob.BlobWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Lays sections out and writes the manifest around them. The header comes first and holds the
 * content id and, by way of the checksum table, the sums of all that follows; so the sections are
 * gone through twice, once to sum them and once to write them.
 */
final class ManifestSealer {
  private final List<SectionSource> sources;
  private final int optionalFeatures;
  private final List<Section> sections = new ArrayList<>();
  private final ByteBuffer directory;
  private final long tableOffset;
  private final byte[] contentId;
  private final ByteBuffer table;

  /**
   * Sums the sections.
   *
   * @param sources all sections, by ascending type
   * @param optionalFeatures flags for the header
   */
  ManifestSealer(List<SectionSource> sources, int optionalFeatures) throws IOException {
    this.sources = sources;
    this.optionalFeatures = optionalFeatures;
    directory =
        ByteBuffer.allocate(sources.size() * SectionDirectory.ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    tableOffset = layOut();
    if (fileLength() >= Limits.MAX_MANIFEST) {
      throw new SnapfsException(
          "the manifest would have "
              + fileLength()
              + " bytes, the limit is "
              + Limits.MAX_MANIFEST
              + "; pack the directory as several artifacts");
    }
    ContentId id = new ContentId();
    BlockSums sums = new BlockSums(CheckedBytes.blocks(tableOffset));
    stream(sums, id);
    contentId = id.finish();
    table = sums.finish();
  }

  private long layOut() {
    long at = directoryEnd();
    for (SectionSource source : sources) {
      Section section =
          new Section(
              source.type(),
              source.entrySize(),
              Section.align(at),
              source.length(),
              source.length() / source.entrySize());
      SectionDirectory.write(directory, sections.size(), section);
      sections.add(section);
      at = section.end();
    }
    return Section.align(at);
  }

  private long directoryEnd() {
    return (long) ManifestHeader.LENGTH + directory.capacity();
  }

  private long fileLength() {
    return tableOffset + 4L * CheckedBytes.blocks(tableOffset) + ManifestHeader.FOOTER;
  }

  /** SHA-256 of what the artifact is, FORMAT.md 4.2. */
  byte[] contentId() {
    return contentId.clone();
  }

  /** Appends the whole manifest to a blob, which the caller publishes. */
  void writeTo(BlobWriter out) throws IOException {
    ManifestHeader header =
        new ManifestHeader(
            optionalFeatures,
            sections.size(),
            contentId,
            fileLength(),
            tableOffset,
            CheckedBytes.blocks(tableOffset),
            Crc32c.of(table, 0, table.limit()),
            Crc32c.of(directory, 0, directory.limit()));
    out.write(header.encode());
    stream(out::write, null);
    out.write(table.duplicate());
    out.write(header.encodeFooter());
  }

  /**
   * Everything from the header to the checksum table.
   *
   * @param id is computed from the same bytes; or null
   */
  private void stream(ByteSink sink, ContentId id) throws IOException {
    sink.accept(directory.duplicate());
    long at = directoryEnd();
    for (int i = 0; i < sections.size(); i++) {
      Section section = sections.get(i);
      pad(sink, section.offset() - at);
      if (id != null) {
        id.begin(section.type(), section.length());
      }
      long[] passed = new long[1];
      sources
          .get(i)
          .content()
          .copyTo(
              bytes -> {
                passed[0] += bytes.remaining();
                if (id != null) {
                  id.accept(bytes.duplicate());
                }
                sink.accept(bytes);
              });
      if (passed[0] != section.length()) {
        throw new IllegalStateException(
            "section " + section.type() + " gave " + passed[0] + " of " + section.length());
      }
      at = section.end();
    }
    pad(sink, tableOffset - at);
  }

  private static void pad(ByteSink sink, long count) throws IOException {
    if (count > 0) {
      sink.accept(ByteBuffer.allocate((int) count));
    }
  }

  /** Sums blocks as the bytes after the header pass by. */
  private static final class BlockSums implements ByteSink {
    private final ByteBuffer table;
    private final CRC32C crc = new CRC32C();
    private long at = ManifestHeader.LENGTH;

    BlockSums(int blocks) {
      table = ByteBuffer.allocate(4 * blocks).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void accept(ByteBuffer bytes) {
      while (bytes.hasRemaining()) {
        int room = CheckedBytes.BLOCK - (int) (at % CheckedBytes.BLOCK);
        int n = Math.min(room, bytes.remaining());
        crc.update(bytes.slice().limit(n));
        bytes.position(bytes.position() + n);
        at += n;
        if (n == room) {
          endBlock();
        }
      }
    }

    private void endBlock() {
      table.putInt((int) crc.getValue());
      crc.reset();
    }

    ByteBuffer finish() {
      if (table.hasRemaining()) {
        endBlock();
      }
      return table.flip();
    }
  }
}
