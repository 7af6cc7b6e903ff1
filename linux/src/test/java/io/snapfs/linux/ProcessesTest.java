package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcessesTest extends LinuxTest {
  /**
   * Becomes a session's leader and prints its pid, what setsid gave, what /proc says, and the
   * second try's error.
   */
  static final class NewSession {
    public static void main(String[] args) throws IOException {
      int session = Processes.newSession();
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      String second = "none";
      try {
        Processes.newSession();
      } catch (LinuxException e) {
        second = e.getMessage();
      }
      System.out.println(Processes.pid() + " " + session + " " + fields[3] + " " + second);
    }

    private NewSession() {}
  }

  @Test
  void agreesWithWhatJavaAndProcSay() throws IOException {
    assertEquals(ProcessHandle.current().pid(), Processes.pid());
    String[] uids = status("Uid:");
    assertEquals(Processes.uid(), Integer.parseInt(uids[1]));
    assertEquals(Processes.effectiveUid(), Integer.parseInt(uids[2]));
    assertEquals(Processes.gid(), Integer.parseInt(status("Gid:")[1]));
  }

  private static String[] status(String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(field))
        .findFirst()
        .orElseThrow()
        .split("\t", -1);
  }

  @Test
  void signalsArrive() throws Exception {
    Process child = new ProcessBuilder("sleep", "600").start();
    int pid = (int) child.pid();
    try {
      Processes.kill(pid, 0);
      Processes.kill(pid, Processes.SIGTERM);
      assertEquals(128 + Processes.SIGTERM, child.waitFor());
    } finally {
      child.destroyForcibly().waitFor();
    }
    LinuxException e = assertErrno(Errno.ESRCH, () -> Processes.kill(pid, 0));
    assertEquals("kill signal 0 to pid " + pid + ": ESRCH (No such process)", e.getMessage());
  }

  @Test
  void oneThreadIsMadeNicer() throws Exception {
    String[] nice = new String[2];
    nice[0] = niceOfThread();
    Thread thread =
        new Thread(
            () -> {
              try {
                Processes.niceThread(7);
                nice[1] = niceOfThread();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    thread.start();
    thread.join();
    assertEquals("7", nice[1]);
    assertEquals(nice[0], niceOfThread());
  }

  private static String niceOfThread() throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16];
  }

  @Test
  void nobodyElseIsEverAddressed() {
    assertThrows(IllegalArgumentException.class, () -> Processes.kill(0, Processes.SIGTERM));
    assertThrows(IllegalArgumentException.class, () -> Processes.kill(-1, Processes.SIGTERM));
    assertErrno(Errno.EINVAL, () -> Processes.kill(Processes.pid(), 999));
  }

  @Test
  void aNewSessionIsLedByTheProcess() throws Exception {
    String[] words = new ChildJvm().run(NewSession.class).strip().split(" ", 4);
    assertEquals(words[0], words[1]);
    assertEquals(words[0], words[2]);
    assertEquals("setsid: EPERM (Operation not permitted)", words[3]);
  }
}
