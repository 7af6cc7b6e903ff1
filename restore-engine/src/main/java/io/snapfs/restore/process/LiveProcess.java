package io.snapfs.restore.process;

import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process as it was when it was looked at. Its start tells it from another one that has its
 * number later.
 *
 * @param startTicks when it was started, in clock ticks since the machine's start
 */
public record LiveProcess(int pid, long startTicks) {
  // Fields of /proc/PID/stat, counted from the state, which follows the name in parentheses.
  private static final int STATE = 0;
  private static final int START_TIME = 19;

  /** The process that has a number now, if it has not ended. */
  public static Optional<LiveProcess> of(int pid) throws IOException {
    Optional<String[]> stat = stat(pid);
    return stat.filter(fields -> !isEnded(fields))
        .map(fields -> new LiveProcess(pid, Long.parseLong(fields[START_TIME])));
  }

  /** Whether it has not ended: a zombie has. */
  public boolean isAlive() throws IOException {
    Optional<String[]> stat = stat(pid);
    return stat.isPresent()
        && !isEnded(stat.get())
        && Long.parseLong(stat.get()[START_TIME]) == startTicks;
  }

  /** Sends a signal, unless it has ended. */
  public void signal(int signal) throws IOException {
    if (!isAlive()) {
      return;
    }
    try {
      Processes.kill(pid, signal);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  private static boolean isEnded(String[] fields) {
    return fields[STATE].equals("Z") || fields[STATE].equals("X");
  }

  /** Empty if there is no such process, or it goes just now. */
  private static Optional<String[]> stat(int pid) {
    try {
      String stat =
          Files.readString(
              Path.of("/proc", String.valueOf(pid), "stat"), StandardCharsets.ISO_8859_1);
      return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
