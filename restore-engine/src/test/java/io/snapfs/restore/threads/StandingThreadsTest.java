package io.snapfs.restore.threads;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Threads that stay, and more of them when all are busy. */
class StandingThreadsTest {
  private static final int SECONDS = 20;

  private static CompletableFuture<Thread> threadOf(StandingThreads threads) {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    threads.run(() -> thread.complete(Thread.currentThread()));
    return thread;
  }

  @Test
  void threadsDoOneWorkAfterTheOther() throws Exception {
    Set<Thread> seen = new HashSet<>();
    try (StandingThreads threads = new StandingThreads("standing", 1)) {
      for (int i = 0; i < 20; i++) {
        Thread each = threadOf(threads).get(SECONDS, TimeUnit.SECONDS);
        assertTrue(each.getName().startsWith("standing-"));
        assertTrue(each.isDaemon());
        seen.add(each);
        while (each.getState() == Thread.State.RUNNABLE) {
          Thread.onSpinWait(); // it has said who it is before it is free again
        }
      }
    }
    assertTrue(seen.size() <= 2, "the first may have come before the standing one waited: " + seen);
  }

  @Test
  void nobodyWaitsForAThreadThatIsBusy() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Thread> busy = new CompletableFuture<>();
    try (StandingThreads threads = new StandingThreads("standing", 1)) {
      threads.run(
          () -> {
            busy.complete(Thread.currentThread());
            awaitQuietly(release);
          });
      Thread first = busy.get(SECONDS, TimeUnit.SECONDS);
      assertNotSame(first, threadOf(threads).get(SECONDS, TimeUnit.SECONDS));
      release.countDown();
    }
  }

  @Test
  void whatHasBegunIsWaitedFor() {
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch release = new CountDownLatch(1);
    StandingThreads threads = new StandingThreads("standing", 1);
    threads.run(
        () -> {
          awaitQuietly(release);
          done.set(true);
        });
    threads.close();
    assertThrows(RejectedExecutionException.class, () -> threads.run(() -> {}));
    release.countDown();
    Thread.currentThread().interrupt(); // which is no reason to leave work behind
    threads.join();
    assertTrue(Thread.interrupted());
    assertTrue(done.get());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
