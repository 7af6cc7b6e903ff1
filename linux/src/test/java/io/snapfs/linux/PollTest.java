package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PollTest extends LinuxTest {
  @Test
  @SuppressWarnings("try") // closed before its end
  void tellsWhichDescriptorIsReadyForWhat() throws IOException {
    Fd[] pipe = Pipes.create();
    try (Fd read = pipe[0];
        Fd write = pipe[1];
        EventFd event = new EventFd()) {
      Poll poll = new Poll(3);
      assertEquals(0, poll.add(read, Poll.POLLIN));
      assertEquals(1, poll.add(event.fd(), Poll.POLLIN));
      assertEquals(0, poll.await(0));
      event.signal();
      assertEquals(1, poll.await(-1));
      assertEquals(0, poll.ready(0));
      assertEquals(Poll.POLLIN, poll.ready(1));
      event.drain();
      event.drain();
      assertEquals(0, poll.await(0));
      write.close();
      assertEquals(1, poll.await(-1));
      assertEquals(Poll.POLLHUP, poll.ready(0));
      poll.clear();
      assertEquals(0, poll.await(0));
    }
  }

  @Test
  void aProcessIsReadyWhenItHasEnded() throws Exception {
    Process child = new ProcessBuilder("sleep", "600").start();
    try (Fd process = PidFd.open((int) child.pid())) {
      Poll poll = new Poll(1);
      poll.add(process, Poll.POLLIN);
      assertEquals(0, poll.await(0));
      PidFd.signal(process, Processes.SIGKILL);
      assertEquals(1, poll.await(60_000));
      assertEquals(128 + Processes.SIGKILL, child.waitFor());
      assertErrno(Errno.ESRCH, () -> PidFd.signal(process, 0));
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertErrno(Errno.ESRCH, () -> PidFd.open((int) child.pid()));
  }

  @Test
  @SuppressWarnings("try") // closed before its end
  void aDuplicateHasTheNumberThatIsWanted() throws IOException {
    Fd[] pipe = Pipes.create();
    try (Fd read = pipe[0];
        Fd write = pipe[1];
        Fd high = Pipes.duplicate(write, 700)) {
      assertTrue(high.intValue() >= 700);
      write.close();
      Poll poll = new Poll(1);
      poll.add(read, Poll.POLLIN);
      assertEquals(0, poll.await(0), "the duplicate keeps it open");
      high.close();
      assertEquals(1, poll.await(-1));
    }
  }
}
