package io.snapfs.restore.pages;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Orders memory by the ranks of its chunks. A hole goes with the chunk before it, and so do chunks
 * that were not asked for: who read there before found them filled.
 *
 * @param rank as in {@link PageServerOptions}
 */
record FillOrder(IntUnaryOperator rank) {
  /** So many chunks go with the one before them. */
  private static final int MOST_BEHIND = 64;

  /**
   * The order in which to fill.
   *
   * @param pieces of a process, by ascending address
   */
  List<FillPlan.Piece> of(List<FillPlan.Piece> pieces) {
    Map<FillPlan.Piece, Integer> ranks = new HashMap<>();
    int last = 0;
    int behind = MOST_BEHIND;
    for (FillPlan.Piece piece : pieces) {
      if (piece.chunk() != FillPlan.NO_CHUNK) {
        int its = rank.applyAsInt(piece.chunk());
        behind = its == PageServerOptions.LAST ? behind + 1 : 0;
        last = behind == 0 || behind > MOST_BEHIND ? its : last;
      }
      ranks.put(piece, last);
    }
    List<FillPlan.Piece> ordered = new ArrayList<>(pieces);
    ordered.sort(Comparator.comparing(ranks::get));
    return List.copyOf(ordered);
  }
}
