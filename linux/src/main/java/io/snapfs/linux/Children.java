package io.snapfs.linux;

/**
 * Waits for processes that this one must reap: its children, and as a {@linkplain
 * #becomeSubreaper() subreaper} also the descendants whose parents have died. Not for children that
 * were started through {@link ProcessBuilder}, which Java reaps.
 */
public final class Children {
  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int SIGNALLED = 128;

  private Children() {}

  /** From now on descendants whose parents die become children of this process. */
  public static void becomeSubreaper() throws LinuxException {
    if (Native.system().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
      throw LinuxException.last("prctl", "PR_SET_CHILD_SUBREAPER");
    }
  }

  /**
   * Waits until a child has ended, and reaps it.
   *
   * @return what it passed to exit(2), or 128 + the signal that killed it
   * @param pid a child
   * @throws LinuxException ECHILD if there is no such child
   */
  public static int await(int pid) throws LinuxException {
    Scratch scratch = Scratch.get();
    int ended;
    do {
      ended = Native.system().waitpid(pid, scratch.address(), 0);
    } while (ended < 0 && LinuxException.interrupted());
    if (ended < 0) {
      throw LinuxException.last("waitpid", "pid " + pid);
    }
    int status = scratch.buffer().getInt(0);
    int signal = status & 0x7f;
    return signal == 0 ? status >> 8 & 0xff : SIGNALLED + signal;
  }
}
