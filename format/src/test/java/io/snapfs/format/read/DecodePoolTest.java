package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DecodePoolTest {
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());

  @Test
  void whatSomebodyWaitsForGoesFirst() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(4);
    try (DecodePool pool = new DecodePool(1, new Processors(1))) {
      pool.submit(
          job(
              "first",
              () -> {
                started.countDown();
                gate.await();
                return null;
              }),
          false);
      started.await();
      for (String name : List.of("ahead 1", "ahead 2", "demand 1", "demand 2")) {
        pool.submit(
            job(
                name,
                () -> {
                  end.countDown();
                  return null;
                }),
            name.startsWith("demand"));
      }
      gate.countDown();
      end.await();
    }
    assertEquals(List.of("first", "demand 1", "demand 2", "ahead 1", "ahead 2"), done);
  }

  @Test
  void closingCancelsWhatWaitsAndRefusesWhatComes() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    DecodePool pool = new DecodePool(1, new Processors(1));
    pool.submit(
        job(
            "first",
            () -> {
              started.countDown();
              gate.await();
              return null;
            }),
        false);
    started.await();
    int queued = 0;
    while (pool.submit(job("late", () -> null), false)) {
      queued++;
    }
    assertTrue(queued > 0);
    Thread closer = new Thread(pool::close);
    closer.start();
    while (done.size() < queued) {
      Thread.onSpinWait();
    }
    assertFalse(pool.submit(job("later", () -> null), true));
    gate.countDown();
    closer.join();
    assertEquals(Collections.nCopies(queued, "late cancelled"), done.subList(0, queued));
    assertEquals("first", done.get(queued));
    pool.close();
  }

  @Test
  @Timeout(120)
  void readingAheadRestsWhileReadersNeedTheProcessors() throws Exception {
    CountDownLatch ahead = new CountDownLatch(1);
    CountDownLatch demand = new CountDownLatch(1);
    Processors processors = new Processors(2);
    try (DecodePool pool = new DecodePool(1, processors)) {
      processors.take();
      assertTrue(processors.hasSpare());
      processors.take();
      assertFalse(processors.hasSpare());
      pool.submit(job("ahead", () -> count(ahead)), false);
      pool.submit(job("demand", () -> count(demand)), true);
      demand.await();
      assertEquals(1, ahead.getCount());
      processors.leave();
      ahead.await();
    }
    assertEquals(List.of("demand", "ahead"), done);
  }

  @Test
  @Timeout(120)
  void whatAReaderHasBegunWithIsNotDoneTwice() throws Exception {
    CountDownLatch last = new CountDownLatch(1);
    Processors processors = new Processors(1);
    try (DecodePool pool = new DecodePool(1, processors)) {
      processors.take();
      DecodePool.Job taken = job("taken", () -> null);
      pool.submit(taken, false);
      pool.submit(job("last", () -> count(last)), false);
      assertTrue(taken.tryBegin());
      processors.leave();
      last.await();
    }
    assertEquals(List.of("last"), done);
  }

  @Test
  void jobsThatReadersTookMakeRoom() throws Exception {
    Processors processors = new Processors(1);
    try (DecodePool pool = new DecodePool(1, processors)) {
      processors.take();
      for (int i = 0; i < 10_000; i++) {
        DecodePool.Job job = job("job", () -> null);
        assertTrue(pool.submit(job, false));
        assertTrue(job.tryBegin());
      }
    }
  }

  private static Void count(CountDownLatch latch) {
    latch.countDown();
    return null;
  }

  private interface Step {
    Void run() throws InterruptedException;
  }

  private DecodePool.Job job(String name, Step step) {
    return new DecodePool.Job() {
      private final AtomicBoolean begun = new AtomicBoolean();

      @Override
      public boolean tryBegin() {
        return begun.compareAndSet(false, true);
      }

      @Override
      public boolean hasBegun() {
        return begun.get();
      }

      @Override
      public void run(DecodeContext context) {
        try {
          step.run();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        done.add(name);
      }

      @Override
      public void cancel() {
        done.add(name + " cancelled");
      }
    };
  }
}
