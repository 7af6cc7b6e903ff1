package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignalsTest extends LinuxTest {
  private static final int SIGWINCH = 28;

  @Test
  void theHandlerRunsForEachSignal() throws Exception {
    Semaphore received = new Semaphore(0);
    Signals.handle("WINCH", received::release);
    for (int i = 0; i < 2; i++) {
      Processes.kill(Processes.pid(), SIGWINCH);
      assertTrue(received.tryAcquire(1, TimeUnit.MINUTES), "signal " + i);
    }
  }

  @Test
  void whatCannotBeHandledIsRefused() {
    assertThrows(IllegalStateException.class, () -> Signals.handle("KILL", () -> {}));
    assertThrows(IllegalStateException.class, () -> Signals.handle("NOSUCH", () -> {}));
  }
}
