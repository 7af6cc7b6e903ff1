package io.snapfs.linux;

import jnr.ffi.types.ssize_t;

/**
 * What the C library offers for sockets. See {@link Native} for the conventions.
 *
 * <p>Not for use outside this package: it is public only because the class that jnr-ffi generates
 * for it lives in another class loader.
 */
public interface SocketCalls {
  int socket(int domain, int type, int protocol);

  int socketpair(int domain, int type, int protocol, long pairAddress);

  int bind(int fd, long nameAddress, int length);

  int listen(int fd, int backlog);

  int accept4(int fd, long nameAddress, long lengthAddress, int flags);

  int connect(int fd, long nameAddress, int length);

  int setsockopt(int fd, int level, int option, long valueAddress, int length);

  int getsockopt(int fd, int level, int option, long valueAddress, long lengthAddress);

  int shutdown(int fd, int how);

  @ssize_t
  long sendmsg(int fd, long messageAddress, int flags);

  @ssize_t
  long recvmsg(int fd, long messageAddress, int flags);
}
