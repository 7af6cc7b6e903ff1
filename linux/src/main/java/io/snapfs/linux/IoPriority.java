package io.snapfs.linux;

/**
 * Whose requests a disk serves first: ioprio_set(2). It is for the I/O scheduler of the disk to
 * heed: mq-deadline and bfq do, and there requests of class idle wait for all others, while one
 * without scheduler serves all in turn. A thread that isn't given a class has that of its
 * scheduling policy: idle for SCHED_IDLE, else best effort.
 */
public enum IoPriority {
  /** As usual. */
  BEST_EFFORT(2, 4),
  /** Only what no others want. */
  IDLE(3, 0);

  private static final int CLASS_SHIFT = 13;
  private static final int WHO_PROCESS = 1;

  private final int value;

  IoPriority(int number, int level) {
    this.value = number << CLASS_SHIFT | level;
  }

  /** Gives it to the calling thread, until that ends. */
  public void take() throws LinuxException {
    if (Native.event().syscall(Arch.current().ioprioSet(), WHO_PROCESS, 0, value, 0) != 0) {
      throw LinuxException.last("ioprio_set", name());
    }
  }

  /** Whether the calling thread has it. */
  boolean isTaken() throws LinuxException {
    long now = Native.event().syscall(Arch.current().ioprioSet() + 1, WHO_PROCESS, 0, 0, 0);
    if (now < 0) {
      throw LinuxException.last("ioprio_get", name());
    }
    return now == value;
  }
}
