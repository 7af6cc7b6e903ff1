package io.snapfs.restore.pages;

import static io.snapfs.restore.pages.PageServerFixture.OTHER_PID;
import static io.snapfs.restore.pages.PageServerFixture.PAGE;
import static io.snapfs.restore.pages.PageServerFixture.PAGES;
import static io.snapfs.restore.pages.PageServerFixture.PID;
import static io.snapfs.restore.pages.PageServerFixture.await;
import static io.snapfs.restore.pages.PageServerFixture.onDemand;
import static io.snapfs.restore.pages.PageServerFixture.options;
import static io.snapfs.restore.pages.PageServerFixture.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page server against a process that speaks CRIU's part and checks its own memory. */
@Timeout(120)
class PageServerTest {
  private static final long MEMORY = (long) PAGES * PAGE;

  @TempDir Path directory;
  private PageServerFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new PageServerFixture(directory);
  }

  @AfterEach
  void close() throws IOException {
    if (fixture != null) {
      fixture.close();
    }
  }

  private LazyTarget target() throws IOException, InterruptedException {
    return new LazyTarget(socket(directory), PID, PAGES);
  }

  private static long filled(PageServer server) {
    PageServerReport report = server.report();
    return report.backgroundBytes() + report.faultBytes() + report.zeroBytes();
  }

  @Test
  void everythingIsFilledAndTheServerEnds() throws Exception {
    try (PageServer server = fixture.serve(options(), directory);
        LazyTarget target = target()) {
      target.ok("register", "send", "zombie", "finish");
      server.serve();
      assertEquals(MEMORY, filled(server));
      PageServerReport report = server.report();
      assertEquals(1, report.processes());
      assertEquals(0, report.killed());
      assertTrue(report.zeroBytes() > 0 && report.nanos() > 0, report.toString());
      assertFalse(Files.exists(socket(directory)));
      target.ok("check");
    }
  }

  @Test
  void chunksThatOccurOftenAreDecodedOnce() throws Exception {
    try (PageServer server = fixture.serve(options(), directory);
        LazyTarget first = target()) {
      first.ok("register", "send");
      first.ok("finish");
      server.serve();
      int chunks = fixture.reader().manifest().chunkCount();
      assertTrue(fixture.cache().stats().decodes() <= chunks, fixture.cache().stats()::toString);
      assertTrue(filled(server) > fixture.reader().manifest().summary().plainBytes());
      first.ok("check");
    }
  }

  @Test
  void decodingBeginsBeforeAnyProcessIsKnown() throws Exception {
    try (PageServer server = fixture.serve(options(), directory);
        LazyTarget target = target()) {
      await("decoding ahead", () -> server.report().chunks() > 10);
      target.ok("register", "send", "finish");
      server.serve();
      assertEquals(MEMORY, filled(server));
      int chunks = fixture.reader().manifest().chunkCount();
      assertTrue(fixture.cache().stats().decodes() <= chunks, fixture.cache().stats()::toString);
      target.ok("check");
    }
  }

  @Test
  void fillingBeginsBeforeTheRestoreHasFinished() throws Exception {
    try (PageServer server = fixture.serve(options(), directory);
        LazyTarget target = target()) {
      target.ok("send");
      await("decoding ahead", () -> server.report().chunks() > 10);
      assertEquals(0, filled(server), "nothing is registered");
      target.ok("register");
      await("filling", () -> filled(server) == MEMORY);
      target.ok("check", "finish");
      server.serve();
      target.ok("check");
    }
  }

  @Test
  void faultsAreAnsweredWhetherOrNotAnythingElseIs() throws Exception {
    Set<Integer> touched = ConcurrentHashMap.newKeySet();
    try (PageServer server = fixture.serve(onDemand().withRecorder(touched::add), directory);
        LazyTarget target = target()) {
      target.ok("send", "register", "check 100 101");
      target.ok("finish", "check 3000 3001", "check");
      server.serve();
      PageServerReport report = server.report();
      assertTrue(report.faults() > 2 && report.faultBytes() > 0, report.toString());
      assertTrue(report.medianFaultNanos() > 0, report.toString());
      assertTrue(report.medianFaultNanos() <= report.p99FaultNanos(), report.toString());
      assertTrue(report.p99FaultNanos() <= report.longestFaultNanos(), report.toString());
      assertTrue(touched.size() > 2, touched.toString());
    }
  }

  @Test
  void aRecordingHasAllThatWasTouchedAndNothingElse() throws Exception {
    List<Integer> touched = new CopyOnWriteArrayList<>();
    try (PageServer server = fixture.serve(options().withRecorder(touched::add), directory);
        LazyTarget target = target()) {
      target.ok("send", "register", "check 3200 3201", "check 100 101");
      assertEquals(2, touched.size(), touched.toString());
      long filled = filled(server);
      target.ok("finish");
      server.serve();
      assertEquals(2, touched.size(), touched.toString());
      assertTrue(filled < filled(server) && filled(server) == MEMORY, filled + " bytes before");
      target.ok("check");
    }
  }

  @Test
  void whatIsThrownAwayStaysAway() throws Exception {
    try (PageServer server = fixture.serve(onDemand(), directory);
        LazyTarget target = target()) {
      target.ok("register", "send", "finish");
      target.ok("discard 3 7", "check 3 7", "discard 1000 1500", "check 0 100", "discard 50 60");
      target.ok("check");
      server.serve();
      PageServerReport report = server.report();
      assertEquals(3, report.removals());
      assertTrue(report.unknownFaults() > 0, report.toString());
      target.ok("check");
    }
  }

  @Test
  void throwingAwayWhileItIsFilledNeverBringsOldPagesBack() throws Exception {
    for (int seed = 1; seed <= 12; seed++) {
      try (PageServer server = fixture.serve(options().withJobs(3), directory);
          LazyTarget target = target()) {
        target.ok("send", "register", "finish", "hammer " + seed);
        server.serve();
        target.ok("check");
      }
    }
  }

  @Test
  void memoryThatMovesTakesItsContentAlong() throws Exception {
    try (PageServer server = fixture.serve(onDemand(), directory);
        LazyTarget target = target()) {
      target.ok("register", "send", "finish", "check 10 11");
      target.ok("move 5 700 0x200000000000", "move 100 200 0x300000000000");
      target.ok("move 120 130 0x200000001000"); // onto what moved there before
      target.ok("check");
      server.serve();
      assertEquals(3, server.report().remaps());
      target.ok("check");
    }
  }

  @Test
  void unmappedMemoryIsNotWaitedFor() throws Exception {
    try (PageServer server = fixture.serve(options(), directory);
        LazyTarget target = target()) {
      target.ok("register", "send", "unmap 10 2000", "protect 2500 2600", "finish", "check");
      server.serve();
      assertEquals(1, server.report().unmaps());
      target.ok("check");
    }
  }

  @Test
  void memoryThatIsNeverRegisteredIsNotWaitedFor() throws Exception {
    try (PageServer server = fixture.serve(options(), directory);
        LazyTarget target = target()) {
      target.ok("send", "finish");
      server.serve();
      assertEquals(0, filled(server));
      assertTrue(target.isAlive());
    }
  }

  @Test
  void aForkedChildHasItsParentsMemory() throws Exception {
    for (String fork : new String[] {"fork", "fork-discard", "fork-twice"}) {
      try (PageServer server = fixture.serve(onDemand(), directory);
          LazyTarget target = target()) {
        target.ok("register", "send", "finish", "check 7 9", fork);
        server.serve();
        assertEquals(fork.equals("fork-twice") ? 2 : 1, server.report().forks());
        target.ok("check");
      }
      try (PageServer server = fixture.serve(options(), directory);
          LazyTarget target = target()) {
        target.ok("register", "send", "finish", fork);
        server.serve();
        target.ok("check");
      }
    }
  }

  @Test
  void restoresAtTheSameTimeShareTheCache() throws Exception {
    Path one = Files.createDirectory(directory.resolve("one"));
    Path two = Files.createDirectory(directory.resolve("two"));
    try (PageServer server = fixture.serve(options(), one, two);
        LazyTarget first = new LazyTarget(socket(one), PID, PAGES);
        LazyTarget second = new LazyTarget(socket(two), OTHER_PID, PAGES)) {
      first.ok("register", "send", "finish");
      second.ok("register", "send", "finish");
      server.serve();
      assertEquals(2 * MEMORY, filled(server));
      int chunks = fixture.reader().manifest().chunkCount();
      assertTrue(fixture.cache().stats().decodes() <= chunks, fixture.cache().stats()::toString);
      first.ok("check");
      second.ok("check");
    }
  }

  @Test
  void aRestoreThatFailsIsSaid() throws Exception {
    try (PageServer server = fixture.serve(options(), directory);
        LazyTarget target = target()) {
      target.ok("register", "send");
      target.answer("hang-up"); // it may be killed before it says "ok"
      SnapfsException e = assertThrows(SnapfsException.class, server::serve);
      assertTrue(e.getMessage().contains("CRIU ended before"), e.getMessage());
    }
  }

  @Test
  void aProcessThatIsKilledIsNotWaitedFor() throws Exception {
    try (PageServer server = fixture.serve(onDemand(), directory);
        LazyTarget target = target()) {
      target.ok("register", "send", "finish", "check 0 10");
      Processes.kill((int) target.pid(), Processes.SIGKILL);
      server.serve();
      assertTrue(filled(server) < MEMORY);
    }
  }

  @Test
  @SuppressWarnings("try") // closed before its end
  void aProcessDoesNotSurviveTheEndOfItsServer() throws Exception {
    try (LazyTarget target = new LazyTarget(socket(directory), PID, PAGES)) {
      assertTrue(target.exitCode() != 0, "nobody listens");
    }
    try (PageServer server = fixture.serve(onDemand(), directory);
        LazyTarget target = target()) {
      target.ok("register", "send", "finish", "check 0 10");
      server.close();
      assertEquals(128 + Processes.SIGKILL, target.exitCode());
      assertEquals(1, server.report().killed());
      SnapfsException refused = assertThrows(SnapfsException.class, () -> server.add(directory));
      assertTrue(refused.getMessage().contains("has ended"), refused.getMessage());
      assertTrue(Files.notExists(socket(directory)));
    }
  }

  @Test
  void aProcessThatTheDumpHasNotGotIsSaid() throws Exception {
    try (PageServer server = fixture.serve(options(), directory);
        LazyTarget target = new LazyTarget(socket(directory), 1234, PAGES)) {
      target.ok("register", "send");
      SnapfsException e = assertThrows(SnapfsException.class, server::serve);
      assertTrue(e.getMessage().contains("process 1234"), e.getMessage());
    }
  }

  @Test
  void theSocketIsTakenOverFromTheDeadOnly() throws Exception {
    Path longer = directory.resolve("d".repeat(120));
    Files.createDirectory(longer);
    Files.createFile(socket(longer)); // no socket, and nobody behind it
    try (PageServer server = fixture.serve(options(), longer)) {
      SnapfsException e =
          assertThrows(SnapfsException.class, () -> fixture.serve(options(), longer));
      assertTrue(e.getMessage().contains("listens at"), e.getMessage());
      assertTrue(server.report().nanos() > 0);
      assertTrue(Files.exists(socket(longer)));
    }
    assertFalse(Files.exists(socket(longer)));
  }
}
