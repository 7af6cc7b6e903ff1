package io.snapfs.restore.pages;

import static io.snapfs.restore.pages.PageServerFixture.PAGES;
import static io.snapfs.restore.pages.PageServerFixture.PID;
import static io.snapfs.restore.pages.PageServerFixture.await;
import static io.snapfs.restore.pages.PageServerFixture.options;
import static io.snapfs.restore.pages.PageServerFixture.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.linux.Kernel;
import io.snapfs.linux.Processes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page server is killed, or has nothing right to give: no process runs on wrong bytes. */
@Timeout(120)
class PageServerDeathTest {
  private static final int SIGBUS = 7;

  @TempDir Path directory;

  @Test
  void theProcessDiesWithItsServer() throws Exception {
    try (ServerProcess server = new ServerProcess(directory);
        LazyTarget target = new LazyTarget(socket(directory), PID, PAGES)) {
      target.ok("register", "send", "finish", "check 0 20");
      Processes.kill(server.pid(), Processes.SIGKILL);
      assertEquals(128 + Processes.SIGKILL, target.exitCode());
    }
  }

  @Test
  void aProcessThatIsBeingRestoredDiesToo() throws Exception {
    try (ServerProcess server = new ServerProcess(directory);
        LazyTarget target = new LazyTarget(socket(directory), PID, PAGES)) {
      target.ok("register", "send", "check 0 20"); // a fault was answered, so it is known
      Processes.kill(server.pid(), Processes.SIGKILL);
      assertEquals(128 + Processes.SIGKILL, target.exitCode());
    }
  }

  @Test
  void aForkedProcessDiesWithTheServerToo() throws Exception {
    try (ServerProcess server = new ServerProcess(directory);
        LazyTarget target = new LazyTarget(socket(directory), PID, PAGES)) {
      target.ok("register", "send", "finish");
      String[] answer = target.answer("fork-sleep").split(" ", -1);
      assertEquals("ok", answer[1]);
      ProcessHandle child = ProcessHandle.of(Long.parseLong(answer[0])).orElseThrow();
      target.ok("check 0 20");
      // It touches a page every 0.1 s, and a census is taken every millisecond.
      Path armed = Path.of("/proc", String.valueOf(server.pid()), "fd");
      await("the child is guarded", () -> pipes(armed) >= 8);
      Processes.kill(server.pid(), Processes.SIGKILL);
      assertEquals(128 + Processes.SIGKILL, target.exitCode());
      await("the child dies", () -> !child.isAlive());
    }
  }

  /** Two ends of each of two pipes, and two for every process that is guarded. */
  private static long pipes(Path descriptors) {
    try (Stream<Path> all = Files.list(descriptors)) {
      return all.filter(PageServerDeathTest::isUnnamedPipe).count();
    } catch (IOException e) {
      return 0;
    }
  }

  private static boolean isUnnamedPipe(Path descriptor) {
    try {
      return Integer.parseInt(descriptor.getFileName().toString()) > 2
          && Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void damagedMemoryIsABusErrorAndNothingElse() throws Exception {
    assumeTrue(Kernel.current().isAtLeast(6, 6), "needs UFFDIO_POISON");
    new PageServerFixture(directory).close();
    damageOnePack();
    try (PageServerFixture fixture = new PageServerFixture(directory);
        PageServer server = fixture.serve(options(), directory);
        LazyTarget target = new LazyTarget(socket(directory), PID, PAGES)) {
      target.ok("register", "send", "finish");
      server.serve();
      PageServerReport report = server.report();
      assertEquals(1, report.damagedChunks());
      assertTrue(report.poisonedBytes() > 0, report.toString());
      assertEquals(0, report.killed());
      assertTrue(target.isAlive(), "it has not touched it yet");
      target.answer("check");
      assertEquals(128 + SIGBUS, target.exitCode());
    }
  }

  @Test
  void aFaultOnDamagedMemoryIsABusErrorToo() throws Exception {
    assumeTrue(Kernel.current().isAtLeast(6, 6), "needs UFFDIO_POISON");
    new PageServerFixture(directory).close();
    damageOnePack();
    for (String command : new String[] {"check", "fork"}) {
      try (PageServerFixture fixture = new PageServerFixture(directory);
          PageServer server = fixture.serve(PageServerFixture.onDemand(), directory);
          LazyTarget target = new LazyTarget(socket(directory), PID, PAGES)) {
        target.ok("register", "send", "finish");
        assertNotEquals("ok", target.answer(command));
        assertEquals(1, server.report().damagedChunks());
      }
    }
  }

  /** Flips a bit in the middle of the only pack, which is in the middle of some chunk. */
  private void damageOnePack() throws Exception {
    try (Stream<Path> files = Files.walk(directory.resolve("store/packs"))) {
      Path pack = files.filter(Files::isRegularFile).findFirst().orElseThrow();
      try (RandomAccessFile bytes = new RandomAccessFile(pack.toFile(), "rw")) {
        long at = bytes.length() / 2;
        bytes.seek(at);
        int before = bytes.read();
        bytes.seek(at);
        bytes.write(before ^ 1);
      }
    }
  }
}
