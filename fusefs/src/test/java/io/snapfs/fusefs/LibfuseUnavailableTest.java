package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.fusefs.transport.Transport;
import io.snapfs.linux.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said where something is missing, played in a mount namespace in which it is hidden. */
final class LibfuseUnavailableTest extends MountTestBase {
  @Override
  Transport transport() {
    return Transports.named("libfuse");
  }

  @Test
  void withoutTheLibrary() throws Exception {
    List<String> lines =
        runWith(
            "for f in /lib*/*/libfuse.so.2* /usr/lib*/*/libfuse.so.2*; do mount --bind /dev/null $f; done");
    assertTrue(lines.get(0).contains("libfuse.so.2 can't be loaded"), lines::toString);
    assertTrue(lines.get(0).contains("libfuse2"), lines::toString);
    assertTrue(lines.get(1).contains("transport libfuse can't be used"), lines::toString);
  }

  @Test
  void withoutTheDevice() throws Exception {
    List<String> lines =
        runWith("mount -t tmpfs none /dev && mknod /dev/urandom c 1 9 && mknod /dev/random c 1 8");
    assertTrue(lines.get(0).contains("there is no /dev/fuse"), lines::toString);
    assertTrue(lines.get(1).contains("transport libfuse can't be used"), lines::toString);
  }

  @Test
  void withADeviceThatIsNotFuse() throws Exception {
    List<String> lines = runWith("mount --bind /dev/null /dev/fuse");
    assertEquals("usable", lines.get(0));
    assertTrue(lines.get(1).contains("libfuse can't mount on"), lines::toString);
    assertNothingLeft();
  }

  private List<String> runWith(String hide) throws IOException, InterruptedException {
    assumeTrue(Processes.effectiveUid() == 0, "needs root to hide things");
    List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
    command.add(hide + " && exec \"$@\"");
    command.add("sh");
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ReasonChild.class.getName(), "libfuse", newMountpoint().toString()));
    Process process =
        killLater(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.lines().toList();
  }
}
