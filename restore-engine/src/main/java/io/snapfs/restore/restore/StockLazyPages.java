package io.snapfs.restore.restore;

import io.snapfs.format.SnapfsException;
import io.snapfs.restore.driver.Criu;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Owns a {@code criu lazy-pages}, the daemon that comes with CRIU: what ours is compared with. */
final class StockLazyPages implements PageSource {
  private static final String SOCKET = "lazy-pages.socket";
  private static final long LISTENS_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int POLL_MILLIS = 2;

  private final Process daemon;

  /** Starts it; returns when it listens. */
  StockLazyPages(Criu criu, Path images, Path work) throws IOException {
    daemon =
        new ProcessBuilder(
                List.of(
                    criu.program().toString(),
                    "lazy-pages",
                    "--images-dir",
                    images.toString(),
                    "--work-dir",
                    work.toString(),
                    "--log-file",
                    work.resolve("lazy-pages.log").toString()))
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("lazy-pages.out").toFile())
            .start();
    boolean listens = false;
    try {
      awaitSocket(work.resolve(SOCKET));
      listens = true;
    } finally {
      if (!listens) {
        daemon.destroyForcibly();
      }
    }
  }

  private void awaitSocket(Path socket) throws IOException {
    long deadline = System.nanoTime() + LISTENS_WITHIN_NANOS;
    while (Files.notExists(socket)) {
      if (!daemon.isAlive() || System.nanoTime() - deadline > 0) {
        throw new SnapfsException("criu lazy-pages does not listen at " + socket);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException failure = new InterruptedIOException("while lazy-pages starts");
        failure.initCause(e);
        throw failure;
      }
    }
  }

  @Override
  public void serve() throws IOException, InterruptedException {
    int code = daemon.waitFor();
    if (code != 0) {
      throw new SnapfsException("criu lazy-pages ended with code " + code);
    }
  }

  @Override
  public boolean readsImages() {
    return true;
  }

  @Override
  public void close() {
    daemon.destroyForcibly();
  }
}
