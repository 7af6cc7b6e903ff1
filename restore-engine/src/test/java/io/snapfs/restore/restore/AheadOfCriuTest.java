package io.snapfs.restore.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.restore.files.MappedFiles;
import io.snapfs.restore.threads.StandingThreads;
import io.snapfs.restore.timeline.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever becomes of it, somebody who waits until all has been asked for is told, once. */
class AheadOfCriuTest {
  @TempDir private Path temp;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final AtomicInteger times = new AtomicInteger();
  private final StandingThreads threads = new StandingThreads("ahead", 1);
  private final Timeline timeline = new Timeline();

  @AfterEach
  void endThreads() {
    threads.close();
  }

  private void whenAsked() {
    times.incrementAndGet();
    asked.countDown();
  }

  private void await() throws InterruptedException {
    assertTrue(asked.await(20, TimeUnit.SECONDS));
    assertEquals(1, times.get());
  }

  private MappedFiles oneFile() throws IOException {
    Path file = Files.write(temp.resolve("f"), new byte[4096]);
    MappedFiles files = new MappedFiles();
    files.add(file.toString(), 0, 4096);
    return files;
  }

  private boolean isRead() {
    return timeline.steps().stream().anyMatch(step -> step.name().equals("read ahead"));
  }

  @Test
  void aListIsRead() throws Exception {
    MappedFiles files = oneFile();
    try (AheadOfCriu ahead = new AheadOfCriu(timeline, threads)) {
      ahead.read("files", () -> files, this::whenAsked);
      await();
    }
    assertTrue(isRead());
  }

  @Test
  void anEmptyListIsReadAtOnce() throws Exception {
    try (AheadOfCriu ahead = new AheadOfCriu(timeline, threads)) {
      ahead.read("files", MappedFiles::new, this::whenAsked);
      await();
    }
  }

  @Test
  void aListThatCanNotBeMadeIsLeftOut() throws Exception {
    try (AheadOfCriu ahead = new AheadOfCriu(timeline, threads)) {
      ahead.read(
          "files",
          () -> {
            throw new IOException("no list");
          },
          this::whenAsked);
      await();
    }
  }

  @Test
  void nothingIsReadAfterItWasClosed() throws Exception {
    AheadOfCriu ahead = new AheadOfCriu(timeline, threads);
    ahead.close();
    MappedFiles files = oneFile();
    ahead.read("files", () -> files, this::whenAsked);
    await();
    assertFalse(isRead());
  }
}
