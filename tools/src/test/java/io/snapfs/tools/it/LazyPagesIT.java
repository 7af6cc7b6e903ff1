package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An unmodified CRIU restores real processes lazily, with our page server. */
class LazyPagesIT {
  @TempDir Path folder;
  private Criu criu;
  private Path store;
  private Path work;

  @BeforeEach
  void findCriu() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "CRIU needs root");
    work = folder.resolve("work");
    criu = new Criu(work);
    store = folder.resolve("store");
  }

  @Test
  void aWorkerGoesOn() throws Exception {
    try (Worker worker = Worker.start(folder)) {
      dumpAndPack(worker.pid());
      worker.awaitEnd();
      Worker.Line last = worker.line();
      try (Mounted mounted = Mounted.at(folder.resolve("mnt"), store);
          LazyPages server = new LazyPages(store, "worker", work)) {
        criu.restore(mounted.tree("worker"), "--lazy-pages");
        assertEquals(last.checkSum(), worker.lineAfter(last.count()).checkSum());
        assertTrue(server.awaitEnd().contains("filled "), server::output);
      }
      Worker.Line after = worker.lineAfter(worker.line().count());
      assertEquals(last.checkSum(), after.checkSum());
    }
  }

  @Test
  void aTreeThatChangesItsMemoryMeanwhile() throws Exception {
    Path control = Files.createDirectory(folder.resolve("control"));
    try (Tree tree = new Tree(control)) {
      dumpAndPack(tree.pid());
      tree.awaitEnd();
      Files.createFile(control.resolve("go")); // so that it changes memory from the first instant
      try (Mounted mounted = Mounted.at(folder.resolve("mnt"), store);
          LazyPages server = new LazyPages(store, "worker", work, "--json")) {
        criu.restore(mounted.tree("worker"), "--lazy-pages");
        assertEquals("right", tree.result(), server::output);
        server.awaitEnd();
      }
    }
  }

  @Test
  void theWorkerDiesWithItsPageServer() throws Exception {
    try (Worker worker = Worker.start(folder)) {
      dumpAndPack(worker.pid());
      worker.awaitEnd();
      try (Mounted mounted = Mounted.at(folder.resolve("mnt"), store);
          LazyPages server = new LazyPages(store, "worker", work, "--cache-size", "4K")) {
        criu.restore(mounted.tree("worker"), "--lazy-pages");
        Command.of("kill", "-9", server.pid()).run();
        Path process = Path.of("/proc", String.valueOf(worker.pid()), "cmdline");
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        boolean ended = server.output().contains("filled ");
        while (!ended && Files.exists(process) && Files.readString(process).contains("python")) {
          assertTrue(System.nanoTime() - deadline < 0, "the worker lives on");
          TimeUnit.MILLISECONDS.sleep(10);
        }
      }
    }
  }

  /** Leaves the process nowhere but in the store. */
  private void dumpAndPack(long pid) throws Exception {
    Path images = Files.createDirectory(folder.resolve("images"));
    criu.dump(pid, images);
    Command.snapfs("pack", images, "--store", store, "--name", "worker").succeed();
    Command.of("rm", "-r", images).succeed();
  }

  /** {@code lazy-tree.py}; closing kills all of its session. */
  private static final class Tree implements AutoCloseable {
    private final Path control;
    private final Process process;

    Tree(Path control) throws IOException, InterruptedException {
      this.control = control;
      Path script = Command.REPOSITORY.resolve("tools/src/test/resources/lazy-tree.py");
      Path nowhere = Path.of("/dev/null");
      process =
          new ProcessBuilder("setsid", "python3", script.toString(), control.toString())
              .redirectInput(nowhere.toFile())
              .redirectOutput(nowhere.toFile())
              .redirectError(nowhere.toFile())
              .start();
      await("ready");
    }

    long pid() {
      return process.pid();
    }

    void awaitEnd() throws InterruptedException {
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the tree lives on");
    }

    String result() throws IOException, InterruptedException {
      await("result");
      return Files.readString(control.resolve("result"));
    }

    private void await(String file) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
      while (Files.notExists(control.resolve(file))) {
        assertTrue(System.nanoTime() - deadline < 0, "there is never a " + file);
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }

    @Override
    public void close() throws IOException {
      // The session has the number of its leader, dumped or restored; the folder tells it from a
      // stranger's.
      Command.Outcome found = Command.of("pgrep", "-s", pid(), "-f", control.toString()).run();
      for (String pid : found.output().strip().split("\\s+", -1)) {
        if (!pid.isEmpty()) {
          Command.of("kill", "-9", pid).run();
        }
      }
    }
  }
}
