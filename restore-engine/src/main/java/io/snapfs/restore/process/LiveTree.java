package io.snapfs.restore.process;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process and all that descend from it, as they were when they were looked at.
 *
 * @param processes the root first
 */
public record LiveTree(List<LiveProcess> processes) {
  /** What a dump holds of a process's memory: what is nowhere in a file. */
  private static final Set<String> DUMPED = Set.of("Anonymous", "Pss_Shmem", "Swap");

  private static final Pattern KIB = Pattern.compile("(\\w+):\\s+(\\d+) kB");
  private static final long KIB_BYTES = 1024;

  public LiveTree {
    processes = List.copyOf(processes);
  }

  /**
   * Looks at a process and its descendants.
   *
   * @throws MissingException if there is no such process
   * @throws SnapfsException if this process is one of them
   */
  public static LiveTree of(int pid) throws IOException {
    List<LiveProcess> processes = new ArrayList<>();
    processes.add(
        LiveProcess.of(pid).orElseThrow(() -> new MissingException("there is no process " + pid)));
    try (Stream<ProcessHandle> descendants =
        ProcessHandle.of(pid).map(ProcessHandle::descendants).orElseGet(Stream::empty)) {
      for (ProcessHandle each : descendants.toList()) {
        LiveProcess.of((int) each.pid()).ifPresent(processes::add);
      }
    }
    LiveTree tree = new LiveTree(processes);
    if (tree.pids().contains(Processes.pid())) {
      throw new SnapfsException(
          "process " + pid + " is an ancestor of this command: run the command from elsewhere");
    }
    return tree;
  }

  public LiveProcess root() {
    return processes.get(0);
  }

  /** Their numbers, the root's first. */
  public List<Integer> pids() {
    return processes.stream().map(LiveProcess::pid).toList();
  }

  /** Sends a signal to all of them. */
  public void signal(int signal) throws IOException {
    IOException failure = null;
    for (LiveProcess process : processes) {
      try {
        process.signal(signal);
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** About how many bytes a dump of them has: their memory that is nowhere in a file. */
  public long memory() throws IOException {
    long bytes = 0;
    for (LiveProcess process : processes) {
      bytes += memoryOf(process.pid()).orElse(0L);
    }
    return bytes;
  }

  private static Optional<Long> memoryOf(int pid) throws IOException {
    Path file = Path.of("/proc", String.valueOf(pid), "smaps_rollup");
    try {
      long kib = 0;
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        Matcher matcher = KIB.matcher(line);
        if (matcher.matches() && DUMPED.contains(matcher.group(1))) {
          kib += Long.parseLong(matcher.group(2));
        }
      }
      return Optional.of(kib * KIB_BYTES);
    } catch (IOException e) {
      if (LiveProcess.of(pid).isEmpty()) {
        return Optional.empty(); // it has just ended, or has no memory any more
      }
      throw e;
    }
  }
}
