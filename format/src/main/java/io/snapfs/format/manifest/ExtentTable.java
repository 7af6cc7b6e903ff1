package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.util.Objects;

/**
 * Section EXTENTS: the extents of each file side by side, ascending. An extent ends where the next
 * one begins, the last one at the file's size. Nothing here allocates.
 *
 * <pre>
 * 0             8       12         16
 * +-------------+-------+----------+
 * | file offset | chunk | reserved |
 * +-------------+-------+----------+
 * </pre>
 */
final class ExtentTable {
  /** In place of a chunk: the extent is a hole. */
  static final int HOLE = -1;

  private static final int FILE_OFFSET = 0;
  private static final int CHUNK = 8;

  private final SectionTable table;
  private final ChunkTable chunks;

  ExtentTable(SectionTable table, ChunkTable chunks) {
    this.table = table;
    this.chunks = chunks;
  }

  static long append(SpillTable table, long fileOffset, int chunk) throws IOException {
    long extent = table.append();
    table.put64(extent, FILE_OFFSET, fileOffset);
    table.put32(extent, CHUNK, chunk);
    return extent;
  }

  static long start(Records records, long extent) throws IOException {
    return records.i64(extent, FILE_OFFSET);
  }

  static int chunk(Records records, long extent) throws IOException {
    return records.i32(extent, CHUNK);
  }

  long count() {
    return table.count();
  }

  /**
   * The extent that covers a byte of a file, by binary search.
   *
   * @throws IndexOutOfBoundsException if the offset isn't in [0, size)
   */
  long find(Node file, long offset) throws CorruptException {
    Objects.checkIndex(offset, file.size());
    long low = file.first();
    long high = low + file.count() - 1;
    while (low < high) {
      long middle = (low + high + 1) >>> 1;
      if (start(middle) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    check(file, low);
    if (offset < start(low) || offset >= rawEnd(file, low)) {
      throw table.lie(
          low, FILE_OFFSET, "extents of node " + file.index() + " do not cover byte " + offset);
    }
    return low;
  }

  long start(long extent) throws CorruptException {
    long start = table.i64(extent, FILE_OFFSET);
    if (start < 0) {
      throw table.lie(extent, FILE_OFFSET, "file offset " + Long.toUnsignedString(start));
    }
    return start;
  }

  /** Where the extent ends in the file; the whole extent is checked. */
  long end(Node file, long extent) throws CorruptException {
    Objects.checkIndex(extent - file.first(), file.count());
    check(file, extent);
    return rawEnd(file, extent);
  }

  /** Index of the extent's chunk, or {@link #HOLE}. */
  int chunk(long extent) throws CorruptException {
    int chunk = table.i32(extent, CHUNK);
    if (chunk != HOLE && (chunk < 0 || chunk >= chunks.count())) {
      throw table.lie(
          extent,
          CHUNK,
          "chunk " + Integer.toUnsignedString(chunk) + ", there are " + chunks.count());
    }
    return chunk;
  }

  private long rawEnd(Node file, long extent) throws CorruptException {
    return extent == file.first() + file.count() - 1 ? file.size() : start(extent + 1);
  }

  private void check(Node file, long extent) throws CorruptException {
    long start = start(extent);
    long end = rawEnd(file, extent);
    if (end <= start || end > file.size() || (extent == file.first() && start != 0)) {
      throw table.lie(
          extent,
          FILE_OFFSET,
          "an extent from "
              + start
              + " to "
              + end
              + " in a file of "
              + file.size()
              + " bytes (node "
              + file.index()
              + ")");
    }
    int chunk = chunk(extent);
    if (chunk != HOLE && chunks.plainLength(chunk) != end - start) {
      throw table.lie(
          extent,
          CHUNK,
          "an extent of "
              + (end - start)
              + " bytes of chunk "
              + chunk
              + ", which has "
              + chunks.plainLength(chunk));
    }
  }

  CorruptException wrongChunk(long extent, String problem) {
    return table.lie(extent, CHUNK, problem);
  }
}
