package io.snapfs.tools.bench;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Processes;
import io.snapfs.restore.driver.Criu;
import io.snapfs.restore.process.LiveProcess;
import io.snapfs.restore.process.LiveTree;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Restores one artifact again and again, each time in one of several ways, and kills the processes
 * after each. For one thread.
 */
public final class RestoreRound {
  private static final String LAUNCHER = "snapfs.launcher";
  private static final long WITHIN_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  private final Path store;
  private final ArtifactRef artifact;
  private final String mode;
  private final Path daemon;
  private final Criu criu;
  private final Path images;
  private final Path output;
  private final Path scratch;

  /**
   * @param daemon folder of the daemon to use; null for none
   * @param images the artifact's images, unpacked, for what is compared with
   * @param output a file that the process replaces or writes when it has done something
   * @param scratch a folder for what the programs write; each round empties it
   */
  public RestoreRound(
      Path store,
      ArtifactRef artifact,
      String mode,
      Path daemon,
      Criu criu,
      Path images,
      Path output,
      Path scratch) {
    this.store = store;
    this.artifact = artifact;
    this.mode = mode;
    this.daemon = daemon;
    this.criu = criu;
    this.images = images;
    this.output = output;
    this.scratch = scratch;
  }

  /** Restores once, waits until all memory is there, and ends what was restored. */
  public RestoreTimes run(Contender contender) throws IOException {
    Path work = Files.createTempDirectory(scratch, "round-");
    Object before = stamp();
    long start = System.nanoTime();
    return switch (contender) {
      case SNAPFS -> ours(work, before, start);
      case STOCK_EAGER -> stock(work, before, start, null);
      case STOCK_LAZY -> stockLazy(work, before, start);
    };
  }

  private RestoreTimes ours(Path work, Object before, long start) throws IOException {
    String launcher = System.getProperty(LAUNCHER);
    if (launcher == null) {
      throw new SnapfsException("this was not started by bin/snapfs, which it needs");
    }
    Path trace = work.resolve("trace.json");
    Process process =
        start(
            work,
            launcher,
            "restore",
            store.toString(),
            artifact.toString(),
            "--detach",
            "--json",
            "--mode",
            mode,
            daemon == null ? "--no-daemon" : "--daemon=" + daemon,
            "--criu",
            criu.program().toString(),
            "--timeline",
            trace.toString(),
            "--criu-opt=--verbosity=2"); // as it is without --timeline, which tells here when all
    // is there
    succeed(process, work);
    long returned = System.nanoTime() - start;
    String said = Files.readString(work.resolve("said"), StandardCharsets.UTF_8);
    int pid = Integer.parseInt(said.replaceFirst("(?s).*?\"pid\" : (\\d+).*", "$1"));
    try {
      long written = awaitOutput(before, start);
      await("the trace of snapfs restore", () -> Files.exists(trace));
      return new RestoreTimes(returned, written, System.nanoTime() - start);
    } finally {
      end(pid);
    }
  }

  private RestoreTimes stockLazy(Path work, Object before, long start) throws IOException {
    Process daemon =
        start(
            work,
            criu.program().toString(),
            "lazy-pages",
            "--images-dir",
            images.toString(),
            "--work-dir",
            work.toString());
    try {
      await("the socket of criu lazy-pages", () -> Files.exists(work.resolve("lazy-pages.socket")));
      return stock(work, before, start, daemon);
    } finally {
      daemon.destroyForcibly();
    }
  }

  private RestoreTimes stock(Path work, Object before, long start, Process daemon)
      throws IOException {
    Path pidFile = work.resolve("pid");
    List<String> words = new ArrayList<>(List.of("--images-dir", images.toString()));
    words.addAll(List.of("--restore-detached", "--pidfile", pidFile.toString()));
    words.add("-v0"); // as it is without us: no log
    if (daemon != null) {
      words.add("--lazy-pages");
    }
    criu.run("restore", work, false, words);
    long returned = System.nanoTime() - start;
    int pid = Integer.parseInt(Files.readString(pidFile).strip());
    try {
      long written = awaitOutput(before, start);
      if (daemon == null) {
        return new RestoreTimes(returned, written, returned);
      }
      await("the end of criu lazy-pages", () -> !daemon.isAlive());
      return new RestoreTimes(returned, written, System.nanoTime() - start);
    } finally {
      end(pid);
    }
  }

  private static Process start(Path work, String... command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(work.resolve("said").toFile())
        .start();
  }

  private static void succeed(Process process, Path work) throws IOException {
    try {
      if (process.waitFor() != 0) {
        throw new SnapfsException(Files.readString(work.resolve("said")).strip());
      }
    } catch (InterruptedException e) {
      process.destroy();
      throw interrupted(e);
    }
  }

  private long awaitOutput(Object before, long start) throws IOException {
    await("new output in " + output, () -> !before.equals(stamp()));
    return System.nanoTime() - start;
  }

  /** Differs when the file was written to or replaced. */
  private Object stamp() {
    try {
      return List.of(
          Files.getAttribute(output, "unix:ino"),
          Files.getLastModifiedTime(output),
          Files.size(output));
    } catch (IOException e) {
      return "missing";
    }
  }

  /** Kills what was restored, and waits until its number is free. */
  private static void end(int pid) throws IOException {
    if (LiveProcess.of(pid).isPresent()) {
      LiveTree.of(pid).signal(Processes.SIGKILL);
    }
    Path entry = Path.of("/proc", String.valueOf(pid));
    await("the end of process " + pid, () -> Files.notExists(entry));
  }

  private static void await(String what, BooleanSupplier condition) throws IOException {
    long deadline = System.nanoTime() + WITHIN_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new SnapfsException("waited in vain for " + what);
      }
      try {
        TimeUnit.NANOSECONDS.sleep(POLL_NANOS);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  private static InterruptedIOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    InterruptedIOException failure = new InterruptedIOException("interrupted while measuring");
    failure.initCause(e);
    return failure;
  }
}
