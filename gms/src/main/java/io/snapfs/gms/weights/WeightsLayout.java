package io.snapfs.gms.weights;

import java.util.List;

/**
 * What one device gets: slabs to allocate, what goes there, and the names to put beside them.
 *
 * @param what the folder or file that it was read from, for people
 * @param layoutHash what the server that saved it said; empty if unknown
 */
public record WeightsLayout(
    String what, List<Slab> slabs, List<Segment> segments, List<Name> names, String layoutHash) {

  /**
   * An allocation, in the order of which they are to be made.
   *
   * @param size bytes, above 0, as it was asked for
   */
  public record Slab(long size, String tag) {}

  /**
   * A run of bytes of a file that goes to one slab.
   *
   * @param node the file, an index in the artifact's manifest
   * @param length above 0
   * @param slab index in {@link #slabs()}
   */
  public record Segment(int node, long fileOffset, long length, int slab, long slabOffset) {}

  /**
   * What is to be put into the server's metadata.
   *
   * @param slab index in {@link #slabs()}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Name(String key, int slab, long offset, byte[] value) {}

  public WeightsLayout {
    slabs = List.copyOf(slabs);
    segments = List.copyOf(segments);
    names = List.copyOf(names);
  }

  /** Bytes of all segments. */
  public long bytes() {
    return segments.stream().mapToLong(Segment::length).sum();
  }

  /** Bytes of all slabs. */
  public long slabBytes() {
    return slabs.stream().mapToLong(Slab::size).sum();
  }
}
