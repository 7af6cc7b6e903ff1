package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class IoPriorityTest {
  @Test
  void aThreadTakesIt() throws Exception {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              IoPriority.IDLE.take();
              boolean idle = IoPriority.IDLE.isTaken();
              IoPriority.BEST_EFFORT.take();
              return idle && IoPriority.BEST_EFFORT.isTaken();
            });
    Thread thread = new Thread(task);
    thread.start();
    thread.join();
    assertTrue(task.get());
    assertFalse(IoPriority.IDLE.isTaken(), "it is the other thread's");
  }

  @Test
  void theNumbersAreThoseOfTheKernelsHeaders() {
    assertEquals(251, Arch.X86_64.ioprioSet());
    assertEquals(30, Arch.AARCH64.ioprioSet());
  }
}
