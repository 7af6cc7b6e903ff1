package io.snapfs.linux;

/** Who this process is, and signals to others. */
public final class Processes {
  public static final int SIGHUP = 1;
  public static final int SIGINT = 2;
  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;
  public static final int SIGCONT = 18;
  public static final int SIGSTOP = 19;

  private static final int PRIO_PROCESS = 0;
  private static final int SCHED_OTHER = 0;
  private static final int SCHED_IDLE = 5;

  private Processes() {}

  /** The real user, an unsigned 32-bit number. */
  public static int uid() {
    return Native.system().getuid();
  }

  /** The effective user, whose rights count; an unsigned 32-bit number. */
  public static int effectiveUid() {
    return Native.system().geteuid();
  }

  /** The real group, an unsigned 32-bit number. */
  public static int gid() {
    return Native.system().getgid();
  }

  /** This process. */
  public static int pid() {
    return Native.system().getpid();
  }

  /**
   * Sends a signal; signal 0 only asks whether one could.
   *
   * @param pid a process, above 0: groups and "everybody" cannot be addressed here
   * @throws LinuxException ESRCH if there is no such process, EPERM if it is somebody else's
   */
  public static void kill(int pid, int signal) throws LinuxException {
    if (pid <= 0) {
      throw new IllegalArgumentException("not the number of a process: " + pid);
    }
    if (Native.system().kill(pid, signal) != 0) {
      throw LinuxException.last("kill", "signal " + signal + " to pid " + pid);
    }
  }

  /**
   * Sets how much the calling thread is preferred to others, until it ends.
   *
   * @param nice -20 (most) to 19; 0 is usual
   * @throws LinuxException EACCES or EPERM if it is lower than now and this user may not
   */
  public static void niceThread(int nice) throws LinuxException {
    if (Native.event().setpriority(PRIO_PROCESS, 0, nice) != 0) {
      throw LinuxException.last("setpriority", "nice " + nice);
    }
  }

  /**
   * Has the calling thread run only while nobody else wants its processor, or as usual again.
   *
   * @throws LinuxException EPERM if this user may not
   */
  public static void idleThread(boolean idle) throws LinuxException {
    Scratch scratch = Scratch.get();
    scratch.buffer().putInt(0, 0); // struct sched_param: the priority
    int policy = idle ? SCHED_IDLE : SCHED_OTHER;
    if (Native.event().sched_setscheduler(0, policy, scratch.address()) != 0) {
      throw LinuxException.last("sched_setscheduler", "policy " + policy);
    }
  }

  /**
   * Makes this process the leader of a new session, without a terminal.
   *
   * @return the session's number
   * @throws LinuxException EPERM if it leads a process group already
   */
  public static int newSession() throws LinuxException {
    int session = Native.system().setsid();
    if (session < 0) {
      throw LinuxException.last("setsid", "");
    }
    return session;
  }
}
