package io.snapfs.linux;

/**
 * What the C library offers for waiting on descriptors, being told about them, and being scheduled
 * in time. See {@link Native} for the conventions.
 *
 * <p>Not for use outside this package: it is public only because the class that jnr-ffi generates
 * for it lives in another class loader.
 */
public interface EventCalls {
  int poll(long entriesAddress, long count, int timeoutMillis);

  int eventfd(int initial, int flags);

  int pipe2(long pairAddress, int flags);

  int fcntl(int fd, int command, long argument);

  int setpriority(int which, int who, int nice);

  int sched_setscheduler(int pid, int policy, long paramAddress);

  long syscall(long number, long a, long b, long c, long d);
}
