package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HangupSignalTest extends LinuxTest {
  /** Arms a pipe for the process that it is given, says so, and waits to be killed. */
  static final class Armed {
    public static void main(String[] args) throws IOException {
      Fd[] pipe = Pipes.create();
      HangupSignal.arm(pipe[0], Integer.parseInt(args[0]), Processes.SIGKILL);
      System.out.println("armed");
      while (System.in.read() >= 0) {
        Thread.onSpinWait();
      }
      System.out.println(pipe[1]); // keeps it reachable
    }

    private Armed() {}
  }

  private Process target;

  @BeforeEach
  void startTarget() throws IOException {
    target = new ProcessBuilder("sleep", "600").start();
  }

  @AfterEach
  void endTarget() throws InterruptedException {
    target.destroyForcibly().waitFor();
  }

  private void assertKilled() throws InterruptedException {
    assertTrue(target.waitFor(1, TimeUnit.MINUTES), "the target lives on");
    assertEquals(128 + Processes.SIGKILL, target.exitValue());
  }

  @Test
  @SuppressWarnings("try") // closed before its end
  void theSignalComesWhenTheOtherEndIsClosed() throws Exception {
    Fd[] pipe = Pipes.create();
    try (Fd read = pipe[0];
        Fd write = pipe[1]) {
      HangupSignal.arm(read, (int) target.pid(), Processes.SIGKILL);
      Processes.kill((int) target.pid(), 0);
      assertTrue(target.isAlive());
      write.close();
      assertKilled();
    }
  }

  @Test
  void theSignalComesWhenTheOwnerIsKilled() throws Exception {
    Process owner = new ChildJvm().start(Armed.class, String.valueOf(target.pid()));
    try {
      assertEquals("armed", owner.inputReader().readLine());
      Processes.kill((int) owner.pid(), Processes.SIGKILL);
      assertKilled();
    } finally {
      owner.destroyForcibly().waitFor();
    }
  }

  @Test
  @SuppressWarnings("try") // closed before its end
  void nothingComesAfterDisarming() throws Exception {
    Process other = new ProcessBuilder("sleep", "600").start();
    Fd[] disarmed = Pipes.create();
    Fd[] armed = Pipes.create();
    try (Fd read = disarmed[0];
        Fd write = disarmed[1];
        Fd otherRead = armed[0];
        Fd otherWrite = armed[1]) {
      HangupSignal.arm(read, (int) target.pid(), Processes.SIGKILL);
      HangupSignal.arm(otherRead, (int) other.pid(), Processes.SIGKILL);
      HangupSignal.disarm(read);
      write.close();
      otherWrite.close();
      assertTrue(other.waitFor(1, TimeUnit.MINUTES), "the signal that was not disarmed");
      assertTrue(target.isAlive());
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void aProcessThatIsNotThereCannotBeArmedFor() throws Exception {
    endTarget();
    Fd[] pipe = Pipes.create();
    try (Fd read = pipe[0];
        Fd write = pipe[1]) {
      assertTrue(write.isOpen());
      int pid = (int) target.pid();
      assertErrno(Errno.ESRCH, () -> HangupSignal.arm(read, pid, Processes.SIGKILL));
      assertThrows(IllegalArgumentException.class, () -> HangupSignal.arm(read, 0, 9));
    }
  }
}
