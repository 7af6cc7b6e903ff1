package io.snapfs.tools.command;

import io.snapfs.tools.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Tells the launcher {@code bin/snapfs}, which started this process in the background, how it went:
 * a line into the FIFO that the system property {@value #PROPERTY} names, {@code ready}, {@code
 * ready N} with N lines to print behind it, or {@code error TEXT}. Says it once; what follows is
 * not for the launcher, which is gone by then. Not safe for use by many threads.
 */
final class ReadySignal {
  /** Names the FIFO; without it nobody waits, and nothing is said. */
  static final String PROPERTY = "snapfs.ready";

  private static final Logger LOG = System.getLogger(ReadySignal.class.getName());

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

  /** Prints the result of a command. */
  @FunctionalInterface
  interface Report {
    void print(Console console) throws IOException;
  }

  /** The mount answers. */
  void ready() {
    say("ready");
  }

  /**
   * What was asked for is done, and this process goes on. The launcher prints the report; without a
   * launcher it is printed here.
   */
  void ready(Report report, Console console) throws IOException {
    if (fifo == null) {
      report.print(console);
      return;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    report.print(new Console(stream, stream, false));
    stream.flush();
    String text = bytes.toString(StandardCharsets.UTF_8).stripTrailing();
    say("ready " + text.lines().count() + "\n" + text);
  }

  /** There is no mount, and this process is about to exit with an error. */
  void failed(String message) {
    say("error " + message.replace('\n', ' '));
  }

  private void say(String line) {
    if (fifo == null || said) {
      return;
    }
    said = true;
    try {
      Files.writeString(fifo, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.WRITE);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the launcher is gone", e);
    }
  }
}
