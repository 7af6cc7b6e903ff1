package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LifetimeTest {
  private final AtomicInteger ends = new AtomicInteger();
  private final Lifetime lifetime = new Lifetime(ends::incrementAndGet);

  @Test
  void endsAtOnceWithoutUsers() {
    assertTrue(lifetime.tryEnter());
    lifetime.leave();
    assertEquals(0, ends.get());
    assertTrue(lifetime.close());
    assertEquals(1, ends.get());
    assertFalse(lifetime.close());
    assertFalse(lifetime.tryEnter());
    assertEquals(1, ends.get());
  }

  @Test
  void endsWithTheLastUser() {
    assertTrue(lifetime.tryEnter());
    lifetime.close();
    assertFalse(lifetime.tryEnter());
    lifetime.enterBeside();
    lifetime.leave();
    assertEquals(0, ends.get());
    lifetime.leave();
    assertEquals(1, ends.get());
  }

  @Test
  void endsOnceHoweverManyLeaveAndClose() throws InterruptedException {
    for (int round = 0; round < 200; round++) {
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger ended = new AtomicInteger();
      AtomicInteger insideAtEnd = new AtomicInteger(-1);
      Lifetime shared =
          new Lifetime(
              () -> {
                insideAtEnd.set(inside.get());
                ended.incrementAndGet();
              });
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        boolean closes = i == 0;
        threads.add(
            new Thread(
                () -> {
                  for (int k = 0; k < 100 && shared.tryEnter(); k++) {
                    inside.incrementAndGet();
                    inside.decrementAndGet();
                    shared.leave();
                  }
                  if (closes) {
                    shared.close();
                  }
                }));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(1, ended.get());
      assertEquals(0, insideAtEnd.get());
    }
  }
}
