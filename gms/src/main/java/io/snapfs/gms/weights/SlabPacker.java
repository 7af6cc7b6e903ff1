package io.snapfs.gms.weights;

import io.snapfs.gms.weights.WeightsLayout.Name;
import io.snapfs.gms.weights.WeightsLayout.Segment;
import io.snapfs.gms.weights.WeightsLayout.Slab;
import java.util.ArrayList;
import java.util.List;

/** Gives tensors of files their places, one after the other, in slabs of about a gibibyte. */
final class SlabPacker {
  private static final long SLAB = 1L << 30;

  /** What kernels may rely on for the first element of a tensor. */
  private static final long ALIGNMENT = 512;

  private static final String TAG = "weights";

  private final List<Slab> slabs = new ArrayList<>();
  private final List<Segment> segments = new ArrayList<>();
  private final List<Name> names = new ArrayList<>();
  private long used;

  /**
   * Adds a tensor.
   *
   * @param node its file
   * @param fileOffset of its bytes
   */
  void add(TensorInfo tensor, int node, long fileOffset) {
    long length = tensor.length();
    if (used > 0 && used + length > SLAB) {
      closeSlab();
    }
    names.add(new Name(tensor.name(), slabs.size(), used, tensor.metadata()));
    if (length > 0) {
      addSegment(new Segment(node, fileOffset, length, slabs.size(), used));
    }
    used += (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  WeightsLayout finish(String what) {
    if (used > 0 || (slabs.isEmpty() && !names.isEmpty())) {
      closeSlab();
    }
    // a tensor without bytes that came after the last slab was full
    int last = slabs.size() - 1;
    List<Name> placed =
        names.stream()
            .map(n -> n.slab() > last ? new Name(n.key(), last, 0, n.value()) : n)
            .toList();
    return new WeightsLayout(what, slabs, segments, placed, "");
  }

  private void closeSlab() {
    slabs.add(new Slab(Math.max(1, used), TAG));
    used = 0;
  }

  /** Tensors that follow one another in the file and in the slab are one segment. */
  private void addSegment(Segment next) {
    if (!segments.isEmpty()) {
      Segment last = segments.get(segments.size() - 1);
      if (last.node() == next.node()
          && last.slab() == next.slab()
          && last.fileOffset() + last.length() == next.fileOffset()
          && last.slabOffset() + last.length() == next.slabOffset()) {
        long length = last.length() + next.length();
        segments.set(
            segments.size() - 1,
            new Segment(last.node(), last.fileOffset(), length, last.slab(), last.slabOffset()));
        return;
      }
    }
    segments.add(next);
  }
}
