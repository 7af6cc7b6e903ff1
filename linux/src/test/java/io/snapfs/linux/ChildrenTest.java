package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ChildrenTest extends LinuxTest {
  /** Starts a shell whose own child outlives it, and prints how that grandchild ended. */
  static final class Grandparent {
    public static void main(String[] args) throws IOException, InterruptedException {
      Children.becomeSubreaper();
      Process shell = new ProcessBuilder("sh", "-c", args[0] + " & echo $!").start();
      String pid = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      shell.waitFor();
      System.out.println(Children.await(Integer.parseInt(pid.strip())));
    }

    private Grandparent() {}
  }

  @Test
  void aSubreaperReapsWhatItsChildrenLeave() throws Exception {
    assertEquals("7", orphanEndsWith("(sleep 0.2; exit 7) >&-"));
    assertEquals("137", orphanEndsWith("(sleep 0.2; kill -9 $(sh -c 'echo $PPID')) >&-"));
  }

  private static String orphanEndsWith(String command) throws Exception {
    return new ChildJvm().run(Grandparent.class, command).strip();
  }

  @Test
  void aStrangerIsNotWaitedFor() {
    assertErrno(Errno.ECHILD, () -> Children.await(1));
  }
}
