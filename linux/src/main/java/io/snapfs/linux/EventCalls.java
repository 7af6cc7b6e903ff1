package io.snapfs.linux;

/**
 * What the C library offers for waiting on descriptors, being told about them, and being scheduled
 * in time. See {@link Native} for the conventions.
 */
final class EventCalls {
  private final NativeFunction poll;
  private final NativeFunction eventfd;
  private final NativeFunction pipe2;
  private final NativeFunction fcntl;
  private final NativeFunction setpriority;
  private final NativeFunction sched_setscheduler;
  private final NativeFunction syscall;

  EventCalls(NativeLibrary c) {
    poll = c.function("poll");
    eventfd = c.function("eventfd");
    pipe2 = c.function("pipe2");
    fcntl = c.function("fcntl");
    setpriority = c.function("setpriority");
    sched_setscheduler = c.function("sched_setscheduler");
    syscall = c.function("syscall");
  }

  int poll(long entriesAddress, long count, int timeoutMillis) {
    return (int) poll.call(entriesAddress, count, timeoutMillis);
  }

  int eventfd(int initial, int flags) {
    return (int) eventfd.call(initial, flags);
  }

  int pipe2(long pairAddress, int flags) {
    return (int) pipe2.call(pairAddress, flags);
  }

  int fcntl(int fd, int command, long argument) {
    return (int) fcntl.call(fd, command, argument);
  }

  int setpriority(int which, int who, int nice) {
    return (int) setpriority.call(which, who, nice);
  }

  int sched_setscheduler(int pid, int policy, long paramAddress) {
    return (int) sched_setscheduler.call(pid, policy, paramAddress);
  }

  long syscall(long number, long a, long b, long c, long d) {
    return syscall.call(number, a, b, c, d);
  }
}
