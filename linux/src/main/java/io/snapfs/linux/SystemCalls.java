package io.snapfs.linux;

import jnr.ffi.annotations.In;

/**
 * What the C library offers for mounts, processes and the system. See {@link Native} for the
 * conventions.
 *
 * <p>Not for use outside this package: it is public only because the class that jnr-ffi generates
 * for it lives in another class loader.
 */
public interface SystemCalls {
  int memfd_create(@In byte[] name, int flags);

  int mount(@In byte[] source, @In byte[] target, @In byte[] type, long flags, @In byte[] data);

  int umount2(@In byte[] target, int flags);

  int getuid();

  int geteuid();

  int getgid();

  int getpid();

  int kill(int pid, int signal);

  int setsid();

  int prctl(int option, long argument2, long argument3, long argument4, long argument5);

  int waitpid(int pid, long statusAddress, int options);

  int uname(long bufferAddress);

  int fstatfs(int fd, long bufferAddress);

  int statfs(@In byte[] path, long bufferAddress);
}
