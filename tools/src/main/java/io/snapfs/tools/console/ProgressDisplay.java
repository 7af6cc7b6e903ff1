package io.snapfs.tools.console;

import io.snapfs.format.Progress;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Draws a bar on standard error while a command works, if it is a terminal and the work takes
 * longer than a moment. Owns the bar and its thread; close it before results are printed. Safe for
 * use by many threads.
 */
public final class ProgressDisplay implements Progress, AutoCloseable {
  private static final long SHOW_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int REDRAW_MILLIS = 200;
  private static final long MIB = 1 << 20;

  private final Console console;
  private final long showAfterNanos;
  private final long start = System.nanoTime();
  private ProgressBar bar;
  private Line line;
  private boolean closed;

  /** A display for one command. */
  public ProgressDisplay(Console console) {
    this(console, SHOW_AFTER_NANOS);
  }

  ProgressDisplay(Console console, long showAfterNanos) {
    this.console = console;
    this.showAfterNanos = showAfterNanos;
  }

  @Override
  public synchronized void step(String what, long done, long total) {
    if (closed || !console.errIsTerminal() || System.nanoTime() - start < showAfterNanos) {
      return;
    }
    if (bar != null && !bar.getTaskName().equals(what)) {
      end();
    }
    if (bar == null) {
      bar = open(what, total);
    }
    bar.maxHint(total);
    bar.stepTo(done);
  }

  private ProgressBar open(String what, long total) {
    line = new Line(console.err());
    boolean counts = what.endsWith(")"); // "reading manifests (artifacts)"
    return new ProgressBarBuilder()
        .setTaskName(what)
        .setInitialMax(total)
        .setUnit(counts ? "" : " MiB", counts ? 1 : MIB)
        .showSpeed()
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(REDRAW_MILLIS)
        .setConsumer(line)
        .build();
  }

  /** Takes the bar off the terminal. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    if (bar != null) {
      end();
    }
  }

  private void end() {
    bar.close();
    bar = null;
    line.close();
  }

  /**
   * A line that is drawn over itself, and in the end is empty again. The bar draws from a thread of
   * its own, and may do so once more after it has been closed.
   */
  private static final class Line implements ProgressBarConsumer {
    private static final int WIDTH = 79;

    private final PrintStream stream;
    private boolean ended;

    Line(PrintStream stream) {
      this.stream = stream;
    }

    @Override
    public int getMaxRenderedLength() {
      return WIDTH;
    }

    @Override
    public synchronized void accept(String drawn) {
      if (!ended) {
        stream.print("\r" + drawn);
        stream.flush();
      }
    }

    @Override
    public synchronized void close() {
      accept(" ".repeat(WIDTH) + "\r");
      ended = true;
    }
  }
}
