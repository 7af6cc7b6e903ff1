package io.snapfs.restore.control;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.restore.process.LiveProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A control folder, in which a worker and its keeper leave each other sentinels. Stateless. */
public final class ControlFolder {
  private static final int POLL_MILLIS = 10;
  private static final String LIVE_IMPORTS = "live-imports";
  private static final int MOST_COUNT = 32;
  private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

  private final Path folder;

  /**
   * A folder that sentinels can be written to.
   *
   * @throws MissingException if it isn't there
   * @throws SnapfsException if nothing can be written there
   */
  public ControlFolder(Path folder) throws IOException {
    this.folder = folder;
    if (!Files.isDirectory(folder)) {
      throw new MissingException(
          "there is no control folder " + folder + ": make the folder that the worker looks at");
    }
    try {
      Files.delete(Files.createTempFile(folder, ".snapfs", ".tmp"));
    } catch (IOException e) {
      throw new SnapfsException(
          "the control folder " + folder + " can't be written to: " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    int colon = message.lastIndexOf(": ");
    return colon < 0 ? e.getClass().getSimpleName() : message.substring(colon + 2);
  }

  /** Whether a sentinel is there. */
  public boolean has(Sentinel sentinel) {
    return Files.exists(file(sentinel));
  }

  /** Leaves a sentinel. */
  public void write(Sentinel sentinel) throws IOException {
    Path aside = Files.createTempFile(folder, "." + sentinel.file(), ".tmp");
    Files.move(aside, file(sentinel), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Takes a sentinel of an earlier time away. */
  public void clear(Sentinel sentinel) throws IOException {
    Files.deleteIfExists(file(sentinel));
  }

  /**
   * Waits for a sentinel from a worker.
   *
   * @throws SnapfsException if the worker ends before, or the time is up
   */
  public void await(Sentinel sentinel, LiveProcess worker, Duration timeout) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!has(sentinel)) {
      if (!worker.isAlive()) {
        throw new SnapfsException(
            "process " + worker.pid() + " has ended before it wrote " + file(sentinel));
      }
      if (System.nanoTime() - deadline > 0) {
        throw new SnapfsException(
            "process %d has not written %s within %d s: it is not ready to be dumped; wait longer with --timeout, or look at its log"
                .formatted(worker.pid(), file(sentinel), timeout.toSeconds()));
      }
      pause();
    }
  }

  /**
   * Checks that a worker holds no imported device memory. It keeps the count in the file {@code
   * live-imports}; where that isn't, nothing is known and nothing is wrong.
   *
   * @throws SnapfsException if it holds some: the driver would checkpoint it without a word, and
   *     never restore it
   */
  public void checkNoLiveImports() throws IOException {
    Path file = folder.resolve(LIVE_IMPORTS);
    String text;
    try (InputStream in = Files.newInputStream(file)) {
      text = new String(in.readNBytes(MOST_COUNT), StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      return;
    }
    if (text.equals("0")) {
      return;
    }
    throw new SnapfsException(
        COUNT.matcher(text).matches()
            ? "the worker still holds "
                + text
                + " imported handles of device memory (it says so in "
                + file
                + "): it must unmap and release them before it is ready, or it could never be"
                + " restored"
            : file + " holds no count of imported handles: '" + text + "'");
  }

  private static void pause() throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("while waiting for a sentinel");
      failure.initCause(e);
      throw failure;
    }
  }

  private Path file(Sentinel sentinel) {
    return folder.resolve(sentinel.file());
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
