package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReadySignalTest {
  @TempDir private Path dir;

  private Path fifo() throws IOException {
    return Files.createFile(dir.resolve("ready")); // a file is as good as a FIFO here
  }

  @Test
  void saysItOnce() throws IOException {
    Path fifo = fifo();
    ReadySignal signal = new ReadySignal(fifo);
    signal.ready();
    signal.failed("later");
    assertEquals("ready\n", Files.readString(fifo));
  }

  @Test
  void aMessageIsOneLine() throws IOException {
    Path fifo = fifo();
    new ReadySignal(fifo).failed("no store\nat /x");
    assertEquals("error no store at /x\n", Files.readString(fifo));
  }

  @Test
  void nothingIsSaidIfNobodyWaits() {
    new ReadySignal(null).ready();
    assertEquals(0, dir.toFile().list().length);
  }

  @Test
  void aLauncherThatIsGoneIsNoFailure() {
    new ReadySignal(dir.resolve("gone")).ready();
    assertEquals(0, dir.toFile().list().length);
  }
}
