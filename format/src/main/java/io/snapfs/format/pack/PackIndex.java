package io.snapfs.format.pack;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The whole index of a pack, checked, as it is on disk: one buffer outside of the heap, no object
 * per chunk. Immutable; for many threads.
 *
 * <p>Chunks are found by binary search. Interpolation would save few of the 14 steps that the
 * 10,000 chunks of a full pack take, and whoever looks for many chunks keeps a table of {@link
 * #fingerprint}s.
 */
public final class PackIndex {
  /** Bits that the longest stored chunk's length takes. */
  private static final int LENGTH_BITS = 23;

  private final ByteBuffer entries;
  private final PackFooter footer;

  private PackIndex(ByteBuffer entries, PackFooter footer) {
    this.entries = entries;
    this.footer = footer;
  }

  /**
   * Reads and checks header, footer and index. The blob stays open and is not used afterwards.
   *
   * @param expected the id by which the pack was looked up
   * @throws CorruptException if it is not that pack, or anything in it but the stored chunks is
   *     damaged
   * @throws io.snapfs.format.TooNewException if it needs what this build does not know, such as a
   *     codec
   */
  public static PackIndex open(BlobReader blob, PackId expected) throws IOException {
    PackFooter footer = PackFrame.read(blob, expected);
    ByteBuffer entries =
        ByteBuffer.allocateDirect(footer.count() * PackEntry.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    blob.readFully(footer.indexOffset(), entries);
    entries.clear();
    int crc = Crc32c.of(entries, 0, entries.capacity());
    if (crc != footer.indexCrc()) {
      throw new CorruptException(
          blob.describe(),
          footer.indexOffset(),
          String.format("index has checksum %08x instead of %08x", crc, footer.indexCrc()));
    }
    PackIndex index = new PackIndex(entries, footer);
    index.checkEntries(blob.describe());
    index.checkOverlaps(blob.describe());
    return index;
  }

  private void checkEntries(String resource) throws IOException {
    for (int i = 0; i < count(); i++) {
      PackEntry.check(entries, base(i), dataEnd(), resource, position(i));
      if (i > 0 && PackEntry.compareIds(entries, base(i - 1), base(i)) >= 0) {
        throw new CorruptException(
            resource, position(i), "index is not sorted: " + id(i) + " follows " + id(i - 1));
      }
    }
  }

  /** Sorts by offset; offset and length fit one number, as a pack is at most 4 GiB long. */
  private void checkOverlaps(String resource) throws CorruptException {
    long[] ranges = new long[count()];
    for (int i = 0; i < ranges.length; i++) {
      long offset = PackEntry.offset(entries, base(i));
      ranges[i] = offset << LENGTH_BITS | PackEntry.storedLength(entries, base(i));
    }
    Arrays.sort(ranges);
    long end = 0;
    for (long range : ranges) {
      long offset = range >>> LENGTH_BITS;
      if (offset < end) {
        throw new CorruptException(
            resource, offset, "the chunk before it reaches to " + end + " by the index");
      }
      end = offset + (range & ((1L << LENGTH_BITS) - 1));
    }
  }

  private long dataEnd() {
    return footer.indexOffset();
  }

  private long position(int i) {
    return footer.indexOffset() + base(i);
  }

  private static int base(int i) {
    return i * PackEntry.LENGTH;
  }

  public PackId packId() {
    return footer.id();
  }

  /** Chunks in the pack. */
  public int count() {
    return footer.count();
  }

  /** Bytes between header and index: stored chunks and padding. */
  public long dataLength() {
    return footer.indexOffset() - PackHeader.LENGTH;
  }

  /** Number of the chunk in id order, or -1 if it isn't in the pack. */
  public int find(ChunkId id) {
    int low = 0;
    int high = count() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = PackEntry.compareId(id, entries, base(middle));
      if (order == 0) {
        return middle;
      } else if (order < 0) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return -1;
  }

  /** Id of chunk {@code i}, 0 to {@link #count} - 1, in ascending order. */
  public ChunkId id(int i) {
    return PackEntry.id(entries, base(i));
  }

  /** Where chunk {@code i} lies. */
  public ChunkLocation location(int i) {
    return PackEntry.location(entries, base(i));
  }

  /** {@link ChunkId#fingerprint} of chunk {@code i}, without making an object. */
  public long fingerprint(int i) {
    return PackEntry.fingerprint(entries, base(i));
  }

  /** True if chunk {@code i} has that id. */
  public boolean matches(int i, ChunkId id) {
    return PackEntry.compareId(id, entries, base(i)) == 0;
  }
}
