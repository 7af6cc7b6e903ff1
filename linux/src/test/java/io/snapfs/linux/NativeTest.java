package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NativeTest extends LinuxTest {
  /**
   * Prints the reason why there are no native calls, and what one that is made all the same throws.
   */
  static final class PrintReason {
    public static void main(String[] args) throws IOException {
      System.out.println(Native.unavailableReason().orElse("available"));
      try {
        System.out.println(Stat.lstatAt(Fd.CWD, Names.of("/")).isDirectory());
      } catch (UnsupportedOperationException e) {
        System.out.println(e.getMessage());
      }
    }

    private PrintReason() {}
  }

  private static String reasonWith(String... jvmOptions) throws IOException, InterruptedException {
    String[] lines = new ChildJvm(jvmOptions).run(PrintReason.class).strip().split("\n", -1);
    assertEquals(2, lines.length, () -> String.join("\n", lines));
    assertEquals(lines[0], lines[1], "asking and calling give the same reason");
    return lines[0];
  }

  @Test
  void isAvailableHere() {
    assertEquals(Optional.empty(), Native.unavailableReason());
  }

  @Test
  void anotherArchitectureIsAReasonNotACrash() throws Exception {
    assertEquals("snapfs runs on x86-64 and aarch64, not on sparc", reasonWith("-Dos.arch=sparc"));
  }

  @Test
  void anotherSystemIsAReasonNotACrash() throws Exception {
    assertEquals("snapfs runs on Linux, not on Plan 9", reasonWith("-Dos.name=Plan 9"));
  }

  @Test
  void aDirectoryThatCannotHoldTheStubLibraryIsAReasonWithAWayOut() throws Exception {
    Files.createFile(path.resolve("file"));
    String reason = reasonWith("-Djffi.extract.dir=" + path.resolve("file"));
    assertTrue(reason.contains("-Djffi.extract.dir"), reason);
  }

  @Test
  void aNoexecDirectoryIsAReasonWithAWayOut() throws Exception {
    assumeRoot();
    byte[] target = name(path.toString());
    Mounts.mount(name("test"), target, "tmpfs", Mounts.MS_NOEXEC, "size=16m");
    try {
      String reason = reasonWith("-Djffi.extract.dir=" + path);
      assertTrue(reason.contains("-Djffi.extract.dir"), reason);
    } finally {
      Mounts.umount(target, Mounts.MNT_DETACH);
    }
  }
}
