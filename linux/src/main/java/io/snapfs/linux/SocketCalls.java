package io.snapfs.linux;

/** What the C library offers for sockets. See {@link Native} for the conventions. */
final class SocketCalls {
  private final NativeFunction socket;
  private final NativeFunction socketpair;
  private final NativeFunction bind;
  private final NativeFunction listen;
  private final NativeFunction accept4;
  private final NativeFunction connect;
  private final NativeFunction setsockopt;
  private final NativeFunction getsockopt;
  private final NativeFunction shutdown;
  private final NativeFunction sendmsg;
  private final NativeFunction recvmsg;

  SocketCalls(NativeLibrary c) {
    socket = c.function("socket");
    socketpair = c.function("socketpair");
    bind = c.function("bind");
    listen = c.function("listen");
    accept4 = c.function("accept4");
    connect = c.function("connect");
    setsockopt = c.function("setsockopt");
    getsockopt = c.function("getsockopt");
    shutdown = c.function("shutdown");
    sendmsg = c.function("sendmsg");
    recvmsg = c.function("recvmsg");
  }

  int socket(int domain, int type, int protocol) {
    return (int) socket.call(domain, type, protocol);
  }

  int socketpair(int domain, int type, int protocol, long pairAddress) {
    return (int) socketpair.call(domain, type, protocol, pairAddress);
  }

  int bind(int fd, long nameAddress, int length) {
    return (int) bind.call(fd, nameAddress, length);
  }

  int listen(int fd, int backlog) {
    return (int) listen.call(fd, backlog);
  }

  int accept4(int fd, long nameAddress, long lengthAddress, int flags) {
    return (int) accept4.call(fd, nameAddress, lengthAddress, flags);
  }

  int connect(int fd, long nameAddress, int length) {
    return (int) connect.call(fd, nameAddress, length);
  }

  int setsockopt(int fd, int level, int option, long valueAddress, int length) {
    return (int) setsockopt.call(fd, level, option, valueAddress, length);
  }

  int getsockopt(int fd, int level, int option, long valueAddress, long lengthAddress) {
    return (int) getsockopt.call(fd, level, option, valueAddress, lengthAddress);
  }

  int shutdown(int fd, int how) {
    return (int) shutdown.call(fd, how);
  }

  long sendmsg(int fd, long messageAddress, int flags) {
    return sendmsg.call(fd, messageAddress, flags);
  }

  long recvmsg(int fd, long messageAddress, int flags) {
    return recvmsg.call(fd, messageAddress, flags);
  }
}
