package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.linux.Mounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Mounts for tests, and takes away whatever a test leaves mounted or running. */
abstract class MountTestBase {
  @TempDir Path temp;

  private final List<AutoCloseable> toClose = new ArrayList<>();

  abstract Transport transport();

  @BeforeEach
  final void requireTransport() {
    assumeTrue(
        transport().unavailableReason().isEmpty(), () -> transport().unavailableReason().get());
  }

  /** Last opened, first closed; what fails to end is torn down by force. */
  @AfterEach
  final void tearDown() throws Exception {
    Exception failure = null;
    for (int i = toClose.size() - 1; i >= 0; i--) {
      try {
        toClose.get(i).close();
      } catch (IOException | RuntimeException e) {
        failure = e;
      }
    }
    for (String left : mountedBelowTemp()) {
      Mounts.umount(left.getBytes(StandardCharsets.ISO_8859_1), Mounts.MNT_DETACH);
    }
    if (failure != null) {
      throw failure;
    }
  }

  final <T extends AutoCloseable> T closeLater(T resource) {
    toClose.add(resource);
    return resource;
  }

  /** Kills it after the test. */
  final Process killLater(Process process) {
    closeLater(
        () -> {
          process.destroyForcibly();
          process.waitFor(30, TimeUnit.SECONDS);
        });
    return process;
  }

  final Path newMountpoint() throws IOException {
    return Files.createTempDirectory(temp, "mnt");
  }

  final Mount mount(FileSystemView view, Path mountpoint) throws IOException {
    return mount(view, mountpoint, MountOptions.defaults("snapfs-test"));
  }

  final Mount mount(FileSystemView view, Path mountpoint, MountOptions options) throws IOException {
    return closeLater(Mount.start(view, mountpoint, options, transport()));
  }

  /** Mountpoints below the temporary directory, one character per byte. */
  final List<String> mountedBelowTemp() throws IOException {
    List<String> found = new ArrayList<>();
    String table = Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1);
    for (String line : table.split("\n", -1)) {
      if (line.contains(temp.toRealPath().toString())) {
        String mountpoint = line.split(" ", -1)[4];
        found.add(0, mountpoint.replace("\\040", " ").replace("\\134", "\\"));
      }
    }
    return found;
  }

  final void assertNothingLeft() throws IOException {
    assertEquals(List.of(), mountedBelowTemp());
    assertEquals(
        List.of(),
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("snapfs"))
            .toList());
  }
}
