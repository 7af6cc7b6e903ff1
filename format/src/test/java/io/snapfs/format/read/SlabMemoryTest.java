package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.Limits;
import io.snapfs.format.SnapfsException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlabMemoryTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SlabMemory memory = new SlabMemory(8 << 20);

  @AfterEach
  void stop() throws InterruptedException {
    memory.close();
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
  }

  @Test
  void slotsArePageAlignedAndDisjoint() throws IOException {
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Slot slot = memory.allocate(1 + i * 173, SlabMemoryTest::noRelief);
      assertEquals(0, slot.address() % Limits.PAGE);
      for (int k = 0; k < slot.length(); k++) {
        slot.bytes().put(k, (byte) i);
      }
      slots.add(slot);
    }
    for (int i = 0; i < slots.size(); i++) {
      for (int k = 0; k < slots.get(i).length(); k += 97) {
        assertEquals((byte) i, slots.get(i).bytes().get(k));
      }
    }
    slots.forEach(memory::free);
    assertEquals(0, memory.live());
  }

  @Test
  void theSlotFreedLastIsTheNextOneGivenOut() throws IOException {
    Slot first = memory.allocate(100_000, SlabMemoryTest::noRelief);
    Slot second = memory.allocate(100_000, SlabMemoryTest::noRelief);
    memory.free(first);
    memory.free(second);
    assertSame(second, memory.allocate(100_000, SlabMemoryTest::noRelief));
    memory.free(second);
  }

  @Test
  void refusesBeyondTheBoundAndBeyondTheReserve() throws IOException {
    Slot first = memory.tryAllocate(4 << 20, 0);
    assertNull(memory.tryAllocate(4 << 20, 1));
    Slot second = memory.tryAllocate(4 << 20, 0);
    assertNotNull(second);
    assertNull(memory.tryAllocate(1, 0));
    memory.free(first);
    memory.free(second);
  }

  /** Whatever a class leaves behind, another one can have: also when every slab is in use. */
  @Test
  void freeMemoryOfOneClassServesAllOthers() throws IOException {
    List<Slot> small = new ArrayList<>();
    Slot slot;
    while ((slot = memory.tryAllocate(Limits.PAGE, 0)) != null) {
      slot.bytes().putInt(0, small.size());
      small.add(slot);
    }
    assertEquals(memory.bound(), memory.live());
    for (int i = 0; i < small.size(); i++) { // scattered: every other page stays in use
      if (i % 2 == 1) {
        memory.free(small.get(i));
      }
    }
    Slot large = memory.tryAllocate(4 << 20, 0);
    assertNotNull(large, "half of the memory is free");
    large.bytes().putInt(0, 1);
    assertNull(memory.tryAllocate(1, 0));
    for (int i = 0; i < small.size(); i += 2) {
      assertEquals(i, small.get(i).bytes().getInt(0));
      memory.free(small.get(i));
    }
    memory.free(large);
    assertEquals(memory.bound(), memory.peakBacked());
  }

  @Test
  void boundHoldsForAnyMixOfLengths() throws IOException {
    long seed = 7411;
    Random random = new Random(seed);
    Deque<Slot> slots = new ArrayDeque<>();
    for (int i = 0; i < 5_000; i++) {
      int bytes = 1 + random.nextInt(1 << random.nextInt(23));
      Slot slot = memory.tryAllocate(Math.min(bytes, Limits.MAX_CHUNK), 0);
      if (slot != null) {
        slot.bytes().put(slot.length() - 1, (byte) 1);
        slots.add(slot);
      }
      while (slots.size() > random.nextInt(40) || (slot == null && !slots.isEmpty())) {
        memory.free(slots.poll());
        slot = slots.peek();
      }
      assertTrue(memory.peakBacked() <= memory.bound(), "seed " + seed);
    }
    slots.forEach(memory::free);
    assertEquals(0, memory.live());
  }

  @Test
  void waitersAreServedInOrderAndNobodyOvertakes() throws Exception {
    Slot all = memory.allocate(4 << 20, SlabMemoryTest::noRelief);
    Slot rest = memory.allocate(4 << 20, SlabMemoryTest::noRelief);
    CountDownLatch waiting = new CountDownLatch(1);
    Future<Slot> large = threads.submit(() -> memory.allocate(4 << 20, waiting::countDown));
    waiting.await();
    while (!memory.hasWaiters()) {
      Thread.onSpinWait();
    }
    Slot page = memory.tryAllocate(1, 0);
    assertNull(page);
    memory.free(all);
    Slot got = large.get(1, TimeUnit.MINUTES);
    assertEquals(4 << 20, got.length());
    memory.free(rest);
    memory.free(got);
    assertTrue(memory.waits() > 0);
  }

  /** Whose relief fails, out of heap for one, while others wait before it. */
  @Test
  void whoLeavesTheLineUnservedTakesNobodyElsesPlace() throws Exception {
    Slot first = memory.allocate(4 << 20, SlabMemoryTest::noRelief);
    Slot second = memory.allocate(4 << 20, SlabMemoryTest::noRelief);
    Future<Slot> waiter = threads.submit(() -> memory.allocate(4 << 20, SlabMemoryTest::noRelief));
    while (!memory.hasWaiters()) {
      Thread.onSpinWait();
    }
    AtomicLong asked = new AtomicLong();
    assertThrows(
        OutOfMemoryError.class,
        () ->
            memory.allocate(
                1,
                () -> {
                  if (asked.incrementAndGet() == 2) { // the first time it isn't in the line yet
                    throw new OutOfMemoryError("for the test");
                  }
                }));
    assertTrue(memory.hasWaiters());
    memory.free(first);
    Slot got = waiter.get(1, TimeUnit.MINUTES);
    assertFalse(memory.hasWaiters());
    memory.free(second);
    memory.free(got);
    memory.free(memory.tryAllocate(1, 0));
  }

  @Test
  void aWaiterAsksForRelief() throws Exception {
    Slot first = memory.allocate(4 << 20, SlabMemoryTest::noRelief);
    Slot second = memory.allocate(4 << 20, SlabMemoryTest::noRelief);
    AtomicLong asked = new AtomicLong();
    Slot third =
        memory.allocate(
            1,
            () -> {
              if (asked.incrementAndGet() == 3) { // also while it waits already
                memory.free(first);
              }
            });
    assertEquals(3, asked.get());
    memory.free(second);
    memory.free(third);
  }

  @Test
  void closingFailsWaitersAndUnmapsWithTheLastSlot() throws Exception {
    Slot first = memory.allocate(4 << 20, SlabMemoryTest::noRelief);
    Slot second = memory.allocate(4 << 20, SlabMemoryTest::noRelief);
    CountDownLatch waiting = new CountDownLatch(1);
    Future<Slot> waiter = threads.submit(() -> memory.allocate(1, waiting::countDown));
    waiting.await();
    memory.close();
    Exception failure = assertThrows(Exception.class, () -> waiter.get(1, TimeUnit.MINUTES));
    assertTrue(failure.getCause() instanceof SnapfsException, failure.toString());
    first.bytes().put(0, (byte) 1); // still mapped
    memory.free(first);
    second.bytes().put(0, (byte) 1);
    memory.free(second);
    assertThrows(SnapfsException.class, () -> memory.tryAllocate(1, 0));
  }

  private static void noRelief() {}
}
