package io.snapfs.restore.pages;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FillQueueTest {
  private static final int LENGTH = 4096;
  private static final int[] CHUNKS = {3, 1, 4, 5, 9};

  private final FillQueue queue = new FillQueue(2 * LENGTH, 1, 0);

  private static Segment segment(int chunk) {
    return new Segment(null, Gate.opened(), (long) chunk << 20, LENGTH, chunk, 0, false);
  }

  private static List<Segment> segments(int... chunks) {
    return Arrays.stream(chunks).mapToObj(FillQueueTest::segment).toList();
  }

  private int next() throws InterruptedException {
    FillJob job = queue.next();
    assertFalse(job.segments().isEmpty(), "it is known what chunk " + job.chunk() + " is for");
    return job.chunk();
  }

  private FillJob decodeAhead() throws InterruptedException {
    FillJob job = queue.next();
    assertTrue(job.segments().isEmpty());
    job.decoded();
    queue.hold(job, LENGTH);
    return job;
  }

  @Test
  void whatIsExpectedIsDecodedUntilThereIsEnoughOfIt() throws Exception {
    queue.expect(CHUNKS);
    assertEquals(3, decodeAhead().chunk());
    assertEquals(1, decodeAhead().chunk());
    queue.close(); // else it would wait: two are ahead
    assertNull(queue.next());
  }

  @Test
  void noMoreThreadsThanAllowedDecodeAhead() throws Exception {
    queue.expect(CHUNKS);
    FillJob job = queue.next();
    Thread other = new Thread(() -> assertDoesNotThrow(queue::next));
    other.start();
    other.join(50);
    assertTrue(other.isAlive());
    queue.hold(job, LENGTH);
    other.join();
  }

  @Test
  void whatWasDecodedIsFilledFirst() throws Exception {
    queue.expect(CHUNKS);
    FillJob held = decodeAhead();
    Segment itsMemory = segment(3);
    queue.plan(segments(8));
    queue.plan(List.of(itsMemory));
    assertEquals(held, queue.next());
    assertEquals(List.of(itsMemory), held.segments());
    assertTrue(held.isDecoded());
    assertEquals(8, next());
  }

  @Test
  void nothingIsDecodedAheadOnceMemoryIsKnown() throws Exception {
    queue.expect(CHUNKS);
    FillJob late = queue.next();
    queue.plan(segments(3, 4));
    queue.hold(late, LENGTH);
    assertEquals(3, next(), "that was asked for before somebody held it");
    assertEquals(4, next());
    queue.close();
    assertNull(queue.next());
  }

  @Test
  void whatWasDecodedInVainTakesNoRoom() throws Exception {
    queue.expect(CHUNKS);
    decodeAhead();
    decodeAhead();
    queue.allPlanned(); // CRIU failed
    queue.expect(CHUNKS);
    assertEquals(3, decodeAhead().chunk());
  }

  @Test
  void whatCouldNotBeDecodedTakesNoRoom() throws Exception {
    queue.expect(CHUNKS);
    for (int chunk : CHUNKS) {
      FillJob job = queue.next();
      assertEquals(chunk, job.chunk());
      queue.hold(job, 0);
    }
    queue.plan(segments(3));
    assertEquals(3, next());
  }

  @Test
  void whatOthersWereFilledWithIsFilledFirstWhileItIsInTheCache() throws Exception {
    queue.expect(CHUNKS);
    queue.expect(CHUNKS);
    queue.plan(segments(3, 1));
    assertEquals(3, next());
    assertTrue(queue.keep(3), "the other restore is coming");
    queue.allPlanned();
    assertFalse(queue.isWanted(3));
    queue.plan(segments(4, 3));
    assertTrue(queue.isWanted(3));
    assertEquals(3, next());
    assertEquals(1, next());
    assertEquals(4, next());
    queue.allPlanned();
    assertFalse(queue.keep(4), "nobody is coming");
  }

  @Test
  void whatIsInTheCacheCanBeTakenByWhoUsesIt() throws Exception {
    queue.expect(CHUNKS);
    assertTrue(queue.keep(3));
    queue.plan(segments(4, 3));
    assertEquals(3, queue.take(3, 1).chunk());
    assertFalse(queue.isWanted(3));
    assertEquals(4, next());
  }

  @Test
  void whatIsDecodedAndWaitsCanBeTakenAndTakesNoRoomThen() throws Exception {
    queue.expect(CHUNKS);
    FillJob held = decodeAhead();
    decodeAhead();
    assertNull(queue.take(3, 1), "nobody knows yet where it goes");
    queue.plan(segments(3, 1, 8));
    assertEquals(held, queue.take(3, 1));
    assertEquals(1, next());
    assertEquals(8, next(), "there is room ahead again");
  }

  @Test
  void whatIsParkedCanBeTakenAndIsNotGivenOutAgain() throws Exception {
    queue.plan(segments(3, 4));
    FillJob job = queue.next();
    queue.park(job);
    assertEquals(job, queue.take(3, 1));
    queue.release();
    assertEquals(4, next());
    queue.park(job);
    queue.release();
    assertEquals(3, next());
    queue.close();
    assertNull(queue.next());
  }

  @Test
  void whileItIsRecordedNothingIsHandedOutBeforeTheProcessesRun() throws Exception {
    FillQueue recorded = new FillQueue(2 * LENGTH, 1, 1);
    recorded.expect(CHUNKS);
    recorded.plan(segments(3));
    FutureTask<FillJob> other = new FutureTask<>(recorded::next);
    new Thread(other).start();
    assertThrows(TimeoutException.class, () -> other.get(50, TimeUnit.MILLISECONDS));
    recorded.allPlanned();
    assertEquals(3, other.get().chunk());
  }

  @Test
  void whileProcessesAskForMemoryThatIsRecordedTheyGetWhatTheyAskForOnly() throws Exception {
    FillQueue recorded = new FillQueue(2 * LENGTH, 1, TimeUnit.HOURS.toNanos(1));
    recorded.plan(segments(3, 4));
    recorded.touched();
    FutureTask<FillJob> other = new FutureTask<>(recorded::next);
    new Thread(other).start();
    assertEquals(4, recorded.take(4, 1).chunk());
    assertThrows(TimeoutException.class, () -> other.get(50, TimeUnit.MILLISECONDS));
    recorded.close();
    assertNull(other.get());
  }
}
