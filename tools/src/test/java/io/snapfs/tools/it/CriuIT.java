package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An unmodified CRIU restores a real process from the mount. */
class CriuIT {
  @TempDir Path folder;
  private Criu criu;
  private Path store;

  @BeforeEach
  void findCriu() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "CRIU needs root");
    criu = new Criu(folder.resolve("work"));
    store = folder.resolve("store");
  }

  @Test
  void eagerRestore() throws Exception {
    try (Worker worker = Worker.start(folder)) {
      Worker.Line last = dumpAndPack(worker);
      try (Mounted mounted = Mounted.at(folder.resolve("mnt"), store)) {
        criu.restore(mounted.tree("worker"));
        assertGoesOn(worker, last);
      }
      assertGoesOn(worker, worker.line()); // without the mount
    }
  }

  @Test
  void lazyRestore() throws Exception {
    try (Worker worker = Worker.start(folder)) {
      Worker.Line last = dumpAndPack(worker);
      try (Mounted mounted = Mounted.at(folder.resolve("mnt"), store)) {
        Path images = mounted.tree("worker");
        Process daemon = criu.lazyPages(images);
        try {
          criu.restore(images, "--lazy-pages");
          assertGoesOn(worker, last);
          // It ends by itself when every page is there.
          assertTrue(daemon.waitFor(2, TimeUnit.MINUTES), () -> criu.log("lazy-pages"));
          assertEquals(0, daemon.exitValue(), () -> criu.log("lazy-pages"));
        } finally {
          daemon.destroyForcibly().waitFor();
        }
      }
      assertGoesOn(worker, worker.line());
    }
  }

  /** Leaves the worker nowhere but in the store. Returns the last line that it wrote. */
  private Worker.Line dumpAndPack(Worker worker) throws Exception {
    Path images = Files.createDirectory(folder.resolve("images"));
    criu.dump(worker.pid(), images);
    worker.awaitEnd();
    Command.snapfs("pack", images, "--store", store, "--name", "worker").succeed();
    Command.of("rm", "-r", images).succeed();
    return worker.line();
  }

  private static void assertGoesOn(Worker worker, Worker.Line last) throws Exception {
    assertEquals(last.checkSum(), worker.lineAfter(last.count()).checkSum());
  }
}
