package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.fusefs.transport.MemoryView;
import io.snapfs.fusefs.transport.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KernelMountTest extends MountConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("kernel");
  }

  /**
   * The thread that gives the kernel pages unasked waits in the kernel for one that a reader has
   * locked, whose answer the killed process owes.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theMountOfAKilledProcessWhoseEndIsHeldUpIsClearedAway(boolean mountedOver) throws Exception {
    Path mountpoint = newMountpoint();
    Process child =
        killLater(ChildJvm.start(StuckChild.class, transport().name(), mountpoint.toString()));
    closeLater(() -> cutOff(mountpoint)); // or a failure here would leave all three for ever
    assertEquals("mounted", ChildJvm.readLine(child));
    Process reader = killLater(readPage(mountpoint, StuckChild.PAGES - 1));
    awaitBusy(mountpoint);
    assertEquals(0, readPage(mountpoint, StuckChild.PAGES - 2).waitFor());
    int pid = (int) child.pid();
    await("no thread waits uninterruptibly", () -> hasThreadInKernel(pid));
    child.destroyForcibly();
    await("its end is not held up", () -> ProcessEnd.isHeldUp(pid));
    if (mountedOver) {
      MemoryView view = new MemoryView();
      byte[] other = "other".getBytes(StandardCharsets.US_ASCII);
      view.addFile("file", other);
      mount(view, mountpoint);
      assertArrayEquals(other, Files.readAllBytes(mountpoint.resolve("file")));
    } else {
      Unmount.run(mountpoint);
    }
    assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    // With an error, or with the page that the thread could store at last.
    assertTrue(reader.waitFor(60, TimeUnit.SECONDS));
  }

  private static void cutOff(Path mountpoint) throws IOException {
    Mountpoint at = Mountpoint.of(mountpoint);
    if (at.mounted().isPresent()) {
      Unmount.abort(at);
    }
  }

  private static Process readPage(Path mountpoint, int page) throws IOException {
    return new ProcessBuilder(
            "dd",
            "if=" + mountpoint.resolve("file"),
            "of=/dev/null",
            "bs=" + StuckChild.PAGE,
            "skip=" + page,
            "count=1",
            "status=none")
        .redirectErrorStream(true)
        .start();
  }

  private static void await(String problem, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.call()) {
      assertTrue(System.nanoTime() < deadline, problem);
      Thread.sleep(10);
    }
  }

  private static boolean hasThreadInKernel(int pid) throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Integer.toString(pid), "task"))) {
      for (Path thread : threads.toList()) {
        if (Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1)
            .contains(") D ")) {
          return true;
        }
      }
    }
    return false;
  }
}
