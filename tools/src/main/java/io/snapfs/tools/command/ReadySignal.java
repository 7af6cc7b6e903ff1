package io.snapfs.tools.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Tells the launcher {@code bin/snapfs}, which started this process in the background, how mounting
 * went: one line into the FIFO that the system property {@value #PROPERTY} names. Says it once;
 * what follows is not for the launcher, which is gone by then. Not safe for use by many threads.
 */
final class ReadySignal {
  /** Names the FIFO; without it nobody waits, and nothing is said. */
  static final String PROPERTY = "snapfs.ready";

  private final Path fifo;
  private boolean said;

  /**
   * @param fifo null if nobody waits
   */
  ReadySignal(Path fifo) {
    this.fifo = fifo;
  }

  /** The signal that this process was asked for. */
  static ReadySignal ofProcess() {
    String fifo = System.getProperty(PROPERTY);
    return new ReadySignal(fifo == null ? null : Path.of(fifo));
  }

  /** The mount answers. */
  void ready() throws IOException {
    say("ready");
  }

  /** There is no mount, and this process is about to exit with an error. */
  void failed(String message) throws IOException {
    say("error " + message.replace('\n', ' '));
  }

  private void say(String line) throws IOException {
    if (fifo != null && !said) {
      said = true;
      Files.writeString(fifo, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.WRITE);
    }
  }
}
