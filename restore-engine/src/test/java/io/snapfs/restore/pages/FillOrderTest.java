package io.snapfs.restore.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FillOrderTest {
  private static final int LENGTH = 4096;

  private static List<FillPlan.Piece> pieces(int... chunks) {
    List<FillPlan.Piece> pieces = new ArrayList<>();
    for (int chunk : chunks) {
      pieces.add(new FillPlan.Piece((long) pieces.size() * LENGTH, LENGTH, chunk, 0, 0));
    }
    return pieces;
  }

  private static List<Integer> ordered(Map<Integer, Integer> ranks, int... chunks) {
    FillOrder order =
        new FillOrder(chunk -> ranks.getOrDefault(chunk, PageServerOptions.LAST), chunk -> false);
    return order.of(pieces(chunks)).stream().map(FillPlan.Piece::chunk).toList();
  }

  @Test
  void withoutRanksItIsThatOfTheAddresses() {
    List<FillPlan.Piece> pieces = pieces(7, 3, FillPlan.NO_CHUNK, 5);
    assertEquals(pieces, new FillOrder(chunk -> 0, chunk -> false).of(pieces));
  }

  @Test
  void lowerRanksComeFirstAndTakeAlongWhatLiesBehind() {
    assertEquals(
        List.of(4, FillPlan.NO_CHUNK, 5, 1, 2), ordered(Map.of(1, 9, 4, 3), 1, 2, 4, -1, 5));
  }

  @Test
  void whatLiesFarBehindComesLast() {
    int[] chunks = new int[70];
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = i;
    }
    List<Integer> order = ordered(Map.of(0, 5, 69, 6), chunks);
    assertEquals(List.of(63, 64, 69, 65), order.subList(63, 67));
  }

  @Test
  void whatIsDenseComesFirstAndTakesShortHolesAlong() {
    List<FillPlan.Piece> pieces = new ArrayList<>(pieces(2, 7, FillPlan.NO_CHUNK, 4, 9));
    pieces.add(new FillPlan.Piece(1 << 20, 1 << 20, FillPlan.NO_CHUNK, 0, 0));
    FillOrder order = new FillOrder(chunk -> 0, chunk -> chunk >= 7);
    assertEquals(
        List.of(7, FillPlan.NO_CHUNK, 9, 2, 4, FillPlan.NO_CHUNK),
        order.of(pieces).stream().map(FillPlan.Piece::chunk).toList());
  }

  @Test
  void ranksCountMoreThanThat() {
    FillOrder order = new FillOrder(chunk -> chunk, chunk -> chunk >= 7);
    assertEquals(
        List.of(2, 7, 9), order.of(pieces(9, 2, 7)).stream().map(FillPlan.Piece::chunk).toList());
  }

  @Test
  void whatLiesHigherComesFirstRegionByRegion() {
    List<FillPlan.Piece> pieces = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      pieces.add(new FillPlan.Piece(i * (6L << 20), LENGTH, i, 0, 0)); // 0, 6, 12 and 18 MiB
    }
    FillOrder order = new FillOrder(chunk -> 0, chunk -> true);
    assertEquals(
        List.of(3, 2, 0, 1), order.of(pieces).stream().map(FillPlan.Piece::chunk).toList());
  }
}
