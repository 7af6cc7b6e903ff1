package io.snapfs.restore.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.SnapfsException;
import io.snapfs.restore.process.LiveProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlFolderTest {
  @TempDir private Path temp;
  private ControlFolder folder;
  private Process worker;
  private LiveProcess live;

  @BeforeEach
  void startWorker() throws IOException {
    folder = new ControlFolder(temp);
    worker = new ProcessBuilder("sleep", "600").start();
    live = LiveProcess.of((int) worker.pid()).orElseThrow();
  }

  @AfterEach
  void endWorker() throws InterruptedException {
    worker.destroyForcibly().waitFor();
  }

  @Test
  void aWorkerThatNeverGetsReadyIsNamedAndGoesOn() {
    String message = failure(Duration.ofMillis(30));
    assertTrue(message.contains("process " + worker.pid() + " has not written"), message);
    assertTrue(message.contains("--timeout"), message);
    assertTrue(worker.isAlive());
    assertFalse(folder.has(Sentinel.READY_FOR_SNAPSHOT));
  }

  @Test
  void aWorkerThatEndsIsNotWaitedFor() throws InterruptedException {
    worker.destroyForcibly().waitFor();
    String message = failure(Duration.ofDays(1));
    assertTrue(message.contains("process " + worker.pid() + " has ended before"), message);
  }

  @Test
  void aWorkerThatIsReadyIsNotWaitedForEither() throws IOException {
    folder.write(Sentinel.READY_FOR_SNAPSHOT);
    folder.await(Sentinel.READY_FOR_SNAPSHOT, live, Duration.ZERO);
    assertTrue(worker.isAlive());
  }

  private String failure(Duration timeout) {
    return assertThrows(
            SnapfsException.class, () -> folder.await(Sentinel.READY_FOR_SNAPSHOT, live, timeout))
        .getMessage();
  }
}
