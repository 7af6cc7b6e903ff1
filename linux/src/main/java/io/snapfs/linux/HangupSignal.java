package io.snapfs.linux;

/**
 * Makes the kernel send a signal to a process when the other end of a pipe is closed, also if that
 * is because its owner was killed: F_SETOWN, F_SETSIG and O_ASYNC of fcntl(2).
 *
 * <p>It belongs to the open file, so one open file of a pipe's end can be armed for one process.
 * The kernel remembers the process itself, not its number.
 */
public final class HangupSignal {
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_SETOWN = 8;
  private static final int F_SETSIG = 10;
  private static final int O_ASYNC = 020000;

  private HangupSignal() {}

  /**
   * Arms the read end of a pipe that nothing is ever written to.
   *
   * @param end must stay open as long as the signal may have to be sent
   * @param pid of a process of this pid namespace, above 0
   * @throws LinuxException ESRCH if there is no such process
   */
  public static void arm(Fd end, int pid, int signal) throws LinuxException {
    if (pid <= 0) {
      throw new IllegalArgumentException("not the number of a process: " + pid);
    }
    control(end, "F_SETOWN", F_SETOWN, pid);
    control(end, "F_SETSIG", F_SETSIG, signal);
    int flags = control(end, "F_GETFL", F_GETFL, 0);
    control(end, "F_SETFL", F_SETFL, flags | O_ASYNC);
  }

  /** No signal is sent any more. */
  public static void disarm(Fd end) throws LinuxException {
    int flags = control(end, "F_GETFL", F_GETFL, 0);
    control(end, "F_SETFL", F_SETFL, flags & ~O_ASYNC);
  }

  private static int control(Fd end, String name, int command, long argument)
      throws LinuxException {
    int result = Native.event().fcntl(end.intValue(), command, argument);
    if (result < 0) {
      throw LinuxException.last("fcntl " + name, end);
    }
    return result;
  }
}
