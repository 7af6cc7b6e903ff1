package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RunPlannerTest {
  private static final int CHUNK = 128 << 10;

  private final FakeSource source = FakeSource.uniform(8, CHUNK);
  private final Processors processors = new Processors(2);
  private final ChunkLoader loader = new ChunkLoader(16 << 20, 2 << 20, 8 << 20, 4, processors);
  private final DecodePool pool = new DecodePool(1, processors);
  private final RunPlanner planner = new RunPlanner(loader, pool, source);
  private final List<Fill> orders = new ArrayList<>();

  RunPlannerTest() throws IOException {}

  @AfterEach
  void everythingIsGivenBack() {
    pool.close();
    orders.forEach(loader::abandon);
    assertEquals(0, source.users());
    assertEquals(0, loader.stats(0).aheadBytes());
    loader.close();
    assertEquals(0, loader.stats(0).liveBytes());
  }

  private void awaitBegun(Fill fill) throws InterruptedException {
    long start = System.nanoTime();
    while (fill.isQueued()) {
      assertTrue(System.nanoTime() - start < TimeUnit.MINUTES.toNanos(1), "nobody loads it");
      Thread.sleep(1);
    }
  }

  @Test
  void neighboursAreFetchedByOneRequest() throws Exception {
    planner.beginAhead(1 << 20);
    for (int chunk = 0; chunk < 3; chunk++) {
      assertTrue(planner.add(chunk, orders));
    }
    planner.end();
    for (Fill fill : orders) {
      awaitBegun(fill);
    }
    assertEquals(1, source.requests());
  }

  /** Another file that has the same chunk, or another reader of this one, may come at any time. */
  @Test
  void aReaderDoesNotBeginWithARunThatIsStillFilled() throws Exception {
    planner.beginAhead(1 << 20);
    assertTrue(planner.add(0, orders));
    read(0);
    assertTrue(planner.add(1, orders));
    assertTrue(planner.add(2, orders));
    planner.end();
    awaitBegun(orders.get(1));
    awaitBegun(orders.get(2));
    read(1);
    read(2);
    for (int chunk = 0; chunk < 3; chunk++) {
      assertEquals(1, source.decodes(chunk), "chunk " + chunk);
    }
  }

  @Test
  void aReaderBeginsWithARunThatIsWholeAndWaits() throws Exception {
    planner.beginUrgent(1 << 20);
    assertTrue(planner.add(0, orders));
    assertTrue(planner.add(1, orders));
    planner.end();
    read(1);
    assertEquals(1, source.requests());
    assertEquals(1, source.decodes(0));
    assertFalse(loader.runHere(planner.takeKept()), "it is the reader's who was faster");
  }

  private void read(int chunk) throws IOException {
    CachedChunk cached = loader.acquire(source, chunk, true);
    assertTrue(FakeSource.isRight(cached, chunk));
    cached.release();
  }
}
