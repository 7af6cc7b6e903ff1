package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DecodePoolTest {
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());

  @Test
  void whatSomebodyWaitsForGoesFirst() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(4);
    try (DecodePool pool = new DecodePool(1)) {
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
    DecodePool pool = new DecodePool(1);
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

  private interface Step {
    Void run() throws InterruptedException;
  }

  private DecodePool.Job job(String name, Step step) {
    return new DecodePool.Job() {
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
