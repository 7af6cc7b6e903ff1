package io.snapfs.restore.pages;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/**
 * Orders memory by the ranks of its chunks. A hole goes with the chunk before it, and so do chunks
 * that were not asked for: who read there before found them filled.
 *
 * <p>Among equals, what is dense comes first. Numbers hardly shrink when they are packed: that is
 * how weights are told from a heap, and a worker's first answer needs all of its weights, but
 * little of its heap. Then, what lies higher comes first: the kernel places what is mapped below
 * what was mapped before (mmap(2) searches downwards), and layers are needed in the order in which
 * they were made.
 *
 * @param rank as in {@link PageServerOptions}
 * @param dense whether a chunk hardly shrank
 */
record FillOrder(IntUnaryOperator rank, IntPredicate dense) {
  /** So many chunks go with the one before them. */
  private static final int MOST_BEHIND = 64;

  /** A hole this long, in bytes, goes with nothing. */
  private static final int LONG_HOLE = 64 << 10;

  /** Bytes of address space that are kept together, from their start to their end. */
  private static final long REGION = 8 << 20;

  private record Ranked(FillPlan.Piece piece, int rank, boolean isDense) {}

  /**
   * The order in which to fill.
   *
   * @param pieces of a process, by ascending address
   */
  List<FillPlan.Piece> of(List<FillPlan.Piece> pieces) {
    List<Ranked> ranked = new ArrayList<>(pieces.size());
    int last = 0;
    int behind = MOST_BEHIND;
    boolean isDense = false;
    for (FillPlan.Piece piece : pieces) {
      if (piece.chunk() != FillPlan.NO_CHUNK) {
        int its = rank.applyAsInt(piece.chunk());
        behind = its == PageServerOptions.LAST ? behind + 1 : 0;
        last = behind == 0 || behind > MOST_BEHIND ? its : last;
        isDense = dense.test(piece.chunk());
      } else if (piece.length() >= LONG_HOLE) {
        isDense = false;
      }
      ranked.add(new Ranked(piece, last, isDense));
    }
    ranked.sort(
        Comparator.comparingInt(Ranked::rank)
            .thenComparing(each -> !each.isDense())
            .thenComparing(each -> -(each.piece().address() / REGION)));
    return ranked.stream().map(Ranked::piece).toList();
  }
}
