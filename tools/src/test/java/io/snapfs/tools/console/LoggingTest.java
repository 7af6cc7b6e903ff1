package io.snapfs.tools.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LoggingTest {
  private static final System.Logger LOG = System.getLogger(LoggingTest.class.getName());

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final Console console = new Console(stream, stream, false);

  @AfterEach
  void backToNormal() {
    Logging.configure(Console.ofProcess(), false);
  }

  private String[] lines() {
    String text = bytes.toString(StandardCharsets.UTF_8);
    return text.isEmpty() ? new String[0] : text.split("\n", -1);
  }

  @Test
  void aRecordIsALine() {
    Logging.configure(console, false);
    LOG.log(Level.WARNING, "chunk {0} of\n{1}", "7", "a\u001bb");
    LOG.log(Level.INFO, "told", new IOException("cause"));
    LOG.log(Level.DEBUG, "not of interest");
    String[] lines = lines();
    assertEquals(3, lines.length); // the last one is empty
    assertTrue(
        lines[0].matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z WARNING chunk 7 of a\\?b"), lines[0]);
    assertTrue(lines[1].endsWith("Z INFO told: cause"), lines[1]);
  }

  @Test
  void verboseShowsDetailsAndStackTraces() {
    Logging.configure(console, true);
    LOG.log(Level.DEBUG, "detail", new IOException("cause"));
    String[] lines = lines();
    assertTrue(lines[0].endsWith("Z DEBUG detail: cause"), lines[0]);
    assertEquals("java.io.IOException: cause", lines[1]);
  }

  @Test
  void canBeSentElsewhereLater() {
    Logging.configure(Console.ofProcess(), true);
    Logging.redirect(stream);
    LOG.log(Level.DEBUG, "detail");
    assertTrue(lines()[0].endsWith("Z DEBUG detail"), lines()[0]);
  }
}
