package io.snapfs.linux;

/**
 * Refers to a process for good, not by a number that may become somebody else's: pidfd_open(2).
 * {@link Poll#POLLIN} comes when the process has ended.
 */
public final class PidFd {
  private static final int PIDFD_SEND_SIGNAL = 424;
  private static final int PIDFD_OPEN = 434;

  private PidFd() {}

  /**
   * Refers to a process that there is now.
   *
   * @throws LinuxException ESRCH if there is none, ENOSYS before Linux 5.3
   */
  public static Fd open(int pid) throws LinuxException {
    long number = Native.event().syscall(PIDFD_OPEN, pid, 0, 0, 0);
    if (number < 0) {
      throw LinuxException.last("pidfd_open", "pid " + pid);
    }
    return Fd.adopt((int) number, "process " + pid);
  }

  /**
   * Sends a signal.
   *
   * @throws LinuxException ESRCH if the process has ended and been waited for
   */
  public static void signal(Fd process, int signal) throws LinuxException {
    if (Native.event().syscall(PIDFD_SEND_SIGNAL, process.intValue(), signal, 0, 0) != 0) {
      throw LinuxException.last("pidfd_send_signal " + signal, process);
    }
  }
}
