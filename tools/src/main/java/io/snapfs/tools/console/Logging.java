package io.snapfs.tools.console;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Sends what the libraries log (through {@link System.Logger}) to standard error, a line per
 * record:
 *
 * <pre>2026-11-21T10:00:00.123Z WARNING packs/3f/3f....pack at offset 128 is damaged: ...</pre>
 */
public final class Logging {
  private static final String OURS = "io.snapfs";

  // java.util.logging holds loggers weakly; their level would be lost with them.
  private static final Logger OUR_LOGGER = Logger.getLogger(OURS);

  private Logging() {}

  /**
   * Replaces whatever logging was set up before.
   *
   * @param verbose show what is of interest only when looking for a cause
   */
  public static void configure(Console console, boolean verbose) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    OUR_LOGGER.setLevel(verbose ? Level.FINE : Level.INFO);
    root.addHandler(new LineHandler(console.err(), new LineFormatter(verbose)));
  }

  /** Sends log lines elsewhere from now on, for example to a file. */
  public static void redirect(PrintStream stream) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
      root.addHandler(new LineHandler(stream, handler.getFormatter()));
    }
  }

  private static final class LineHandler extends Handler {
    private final PrintStream stream;

    LineHandler(PrintStream stream, Formatter formatter) {
      this.stream = stream;
      setFormatter(formatter);
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord logged) {
      stream.print(getFormatter().format(logged));
    }

    @Override
    public void flush() {
      stream.flush();
    }

    @Override
    public void close() {
      flush();
    }
  }

  private static final class LineFormatter extends Formatter {
    private final boolean stackTraces;

    LineFormatter(boolean stackTraces) {
      this.stackTraces = stackTraces;
    }

    @Override
    public String format(LogRecord logged) {
      StringBuilder line = new StringBuilder(Text.isoTime(logged.getMillis()));
      line.append(' ').append(levelOf(logged)).append(' ');
      line.append(Text.printable(formatMessage(logged)).replace('\n', ' '));
      Throwable thrown = logged.getThrown();
      if (thrown != null) {
        line.append(": ").append(Text.printable(Failures.describe(thrown)).replace('\n', ' '));
      }
      line.append('\n');
      if (thrown != null && stackTraces) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        line.append(trace);
      }
      return line.toString();
    }

    /** The names of {@link System.Logger.Level}, which the libraries use. */
    private static String levelOf(LogRecord logged) {
      int level = logged.getLevel().intValue();
      if (level >= Level.SEVERE.intValue()) {
        return "ERROR";
      } else if (level >= Level.WARNING.intValue()) {
        return "WARNING";
      } else if (level >= Level.INFO.intValue()) {
        return "INFO";
      }
      return "DEBUG";
    }
  }
}
