package io.snapfs.restore.restore;

import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Processes;
import io.snapfs.restore.process.LiveProcess;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The numbers that the processes and threads of a dump have, and must have again. CRIU finds out
 * late that one is in use, so it is looked at before.
 */
final class Pids {
  private static final Pattern CORE = Pattern.compile("core-(\\d{1,9})\\.img");
  private static final Path PROC = Path.of("/proc");

  /** How long a process that has ended may take to be reaped by its parent. */
  private static final long REAPED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final int POLL_MILLIS = 2;

  private final List<Integer> numbers;
  private boolean free;

  private Pids(List<Integer> numbers) {
    this.numbers = numbers;
  }

  /** Those of a folder of images. */
  static Pids of(Path images) throws IOException {
    TreeSet<Integer> numbers = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(images, "core-*.img")) {
      for (Path file : files) {
        Matcher matcher = CORE.matcher(file.getFileName().toString());
        if (matcher.matches()) {
          numbers.add(Integer.parseInt(matcher.group(1)));
        }
      }
    }
    return new Pids(List.copyOf(numbers));
  }

  /**
   * Checks that they are free; waits for processes that have ended to be reaped.
   *
   * @throws SnapfsException naming who has one of them
   */
  void checkFree() throws IOException {
    if (!procIsOurs()) {
      return; // it shows another pid namespace: CRIU will find out
    }
    long deadline = System.nanoTime() + REAPED_WITHIN_NANOS;
    for (int pid : numbers) {
      while (isUsed(pid)) {
        if (LiveProcess.of(pid).isPresent() || System.nanoTime() - deadline > 0) {
          throw new SnapfsException(inUse(pid));
        }
        pause();
      }
    }
    free = true;
  }

  private static boolean isUsed(int pid) {
    return Files.exists(PROC.resolve(String.valueOf(pid)));
  }

  private static String inUse(int pid) throws IOException {
    String what = LiveProcess.of(pid).isPresent() ? "" : ", which has ended but was not reaped";
    String command = "";
    try {
      command = " (" + Files.readString(PROC.resolve(pid + "/comm")).strip() + ")";
    } catch (IOException e) {
      // It goes just now.
    }
    return "process id "
        + pid
        + command
        + " is in use"
        + what
        + ": end that process, or restore in a pid namespace of its own (unshare --pid --fork"
        + " --mount-proc snapfs restore ...)";
  }

  private static boolean procIsOurs() throws IOException {
    try {
      return Files.readSymbolicLink(PROC.resolve("self"))
          .toString()
          .equals(String.valueOf(Processes.pid()));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Kills what a failed restore has left. They were free before, so it can be nobody else. */
  void killLeftOvers() throws IOException {
    for (int pid : free ? numbers : List.<Integer>of()) {
      Optional<LiveProcess> left = LiveProcess.of(pid);
      if (left.isPresent()) {
        left.get().signal(Processes.SIGKILL);
      }
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("while a process is reaped");
      failure.initCause(e);
      throw failure;
    }
  }
}
