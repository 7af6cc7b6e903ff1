package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignalsTest extends LinuxTest {
  private static final int SIGINT = 2;
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

  /** Says that it's up, and sleeps. */
  static final class Sleeper {
    public static void main(String[] args) throws InterruptedException {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("ends")));
      if (args.length > 0) {
        Signals.handleIgnored(args[0], () -> System.exit(130));
      }
      System.out.println(Processes.pid());
      Thread.sleep(TimeUnit.MINUTES.toMillis(1));
    }

    private Sleeper() {}
  }

  @Test
  void whatWasIgnoredAtTheStartEndsIt() throws Exception {
    assertEquals("130 ends", ending("INT"));
    // What it is about: without it, the JVM ends by the second signal only.
    assertEquals("143 ends", ending());
  }

  /** The exit code of a process that was started with SIGINT ignored and gets it, then SIGTERM. */
  private static String ending(String... signals) throws Exception {
    Process process = new ChildJvm().startIgnoringSigint(Sleeper.class, signals);
    try (BufferedReader output = process.inputReader()) {
      int pid = Integer.parseInt(output.readLine());
      Processes.kill(pid, SIGINT);
      if (signals.length == 0) {
        Processes.kill(pid, Processes.SIGTERM);
      }
      return process.waitFor() + " " + output.readLine();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void whatCannotBeHandledIsRefused() {
    assertThrows(IllegalStateException.class, () -> Signals.handle("KILL", () -> {}));
    assertThrows(IllegalStateException.class, () -> Signals.handle("NOSUCH", () -> {}));
  }
}
