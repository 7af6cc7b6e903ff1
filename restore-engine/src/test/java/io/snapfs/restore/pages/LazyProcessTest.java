package io.snapfs.restore.pages;

import static io.snapfs.restore.pages.PageServerFixture.PAGE;
import static io.snapfs.restore.pages.PageServerFixture.PID;
import static io.snapfs.restore.pages.PageServerFixture.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.linux.Fd;
import io.snapfs.linux.Names;
import io.snapfs.linux.NativeMemory;
import io.snapfs.linux.Open;
import io.snapfs.linux.Poll;
import io.snapfs.linux.Processes;
import io.snapfs.linux.SocketMessage;
import io.snapfs.linux.UffdEvents;
import io.snapfs.linux.UnixSockets;
import io.snapfs.linux.Userfaultfd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The race between who fills and who reads events, with who fills stopped in the middle. */
@Timeout(60)
class LazyProcessTest {
  @TempDir Path directory;

  /** Something that may fail, in a thread of its own. */
  private interface Work {
    void run() throws Exception;
  }

  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private Thread start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Test
  void aCallThatBeganBeforeAnEventWasReadPutsNothingBack() throws Exception {
    assumeTrue(Processes.effectiveUid() == 0, "needs root");
    try (Fd dir = Open.directory(Fd.CWD, Names.of(directory.toString()));
        Fd listening = UnixSockets.listen(dir, Names.of(LazySocket.NAME), 1);
        LazyTarget target = new LazyTarget(PageServerFixture.socket(directory), PID, 16);
        Fd connection = UnixSockets.accept(listening);
        NativeMemory source = NativeMemory.allocate(PAGE);
        NativeMemory content = NativeMemory.allocate(PAGE);
        Userfaultfd missingSource = Userfaultfd.create(0)) {
      missingSource.register(source.address(), PAGE);
      target.ok("register", "send");
      try (LazyProcess process = receive(connection)) {
        Segment segment = segment(process);
        // Stops while it reads what is to be put there, holding its lock.
        Thread filler =
            start(
                () ->
                    process.put(PageKind.COPY, segment, segment.address(), source.address(), PAGE));
        awaitReadable(missingSource);
        Thread discarding = start(() -> target.ok("throw 0 1"));
        awaitReadable(process.uffd());
        Thread reading = start(() -> readEvent(process));
        await("reading waits", () -> reading.getState() == Thread.State.WAITING || ended(reading));
        if (ended(reading)) {
          discarding.join(); // it should have waited; then let it do its worst
        }
        assertEquals(PAGE, missingSource.copy(source.address(), content.address(), PAGE));
        filler.join();
        reading.join();
        discarding.join();
        assertEquals(null, failure.get());
        assertTrue(segment.isVoid());
        assertEquals(
            PAGE,
            process.uffd().zero(segment.address(), PAGE),
            "the page that was thrown away must be missing");
      }
    }
  }

  private static boolean ended(Thread thread) {
    return !thread.isAlive();
  }

  private static LazyProcess receive(Fd connection) throws IOException {
    SocketMessage message = new SocketMessage(Integer.BYTES);
    message.receive(connection, 0, Integer.BYTES);
    message.receive(connection, 0, 1);
    Userfaultfd uffd = Userfaultfd.adopt(message.takeFds().get(0));
    return new LazyProcess("the target", uffd, null, reason -> {}, new Tally(), true);
  }

  private static Segment segment(LazyProcess process) {
    Segment segment = new Segment(process, Gate.opened(), LazyTarget.BASE, PAGE, 0, 0, false);
    process.add(segment);
    return segment;
  }

  private static void readEvent(LazyProcess process) throws IOException {
    UffdEvents events = new UffdEvents(4);
    MemoryEvents changes = new MemoryEvents(process);
    int read = process.readEvents(events, count -> changes.apply(events, 0));
    assertEquals(1, read);
  }

  private static void awaitReadable(Userfaultfd uffd) throws IOException {
    Poll poll = new Poll(1);
    poll.add(uffd.fd(), Poll.POLLIN);
    assertEquals(1, poll.await(30_000), "no event comes");
  }
}
