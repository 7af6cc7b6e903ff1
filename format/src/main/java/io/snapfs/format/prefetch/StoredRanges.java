package io.snapfs.format.prefetch;

import io.snapfs.format.manifest.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Where the stored chunks of an artifact lie, as few long ranges, in the order of the packs. */
final class StoredRanges {
  /** Longest range, bytes. */
  static final int MOST = 4 << 20;

  /** Up to this many bytes between two chunks are read along with them. */
  private static final int GAP = 64 << 10;

  /**
   * Bytes of a pack.
   *
   * @param pack its index in the manifest
   */
  record Range(int pack, long offset, int length) {
    private boolean canTake(int otherPack, long otherOffset, int otherLength) {
      long gap = otherOffset - (offset + length);
      return pack == otherPack
          && gap >= 0
          && gap <= GAP
          && otherOffset + otherLength - offset <= MOST;
    }
  }

  private StoredRanges() {}

  static List<Range> of(Manifest manifest) throws IOException {
    List<Range> ranges = new ArrayList<>();
    Range last = null;
    for (int chunk = 0; chunk < manifest.chunkCount(); chunk++) {
      int pack = manifest.chunkPack(chunk);
      long offset = manifest.chunkOffset(chunk);
      int length = manifest.chunkStoredLength(chunk);
      if (last != null && last.canTake(pack, offset, length)) {
        last = new Range(pack, last.offset(), (int) (offset + length - last.offset()));
        ranges.set(ranges.size() - 1, last);
      } else {
        last = new Range(pack, offset, length);
        ranges.add(last);
      }
    }
    ranges.sort(Comparator.comparingInt(Range::pack).thenComparingLong(Range::offset));
    return ranges;
  }
}
