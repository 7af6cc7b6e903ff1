package io.snapfs.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Stream sockets between processes of one machine: unix(7). Descriptors and the sender's process id
 * travel in {@link SocketMessage}s.
 *
 * <p>The kernel takes no socket path of more than 107 bytes. A socket is therefore named by an open
 * directory and a name in it, and reached through {@code /proc/self/fd}: how long the directory's
 * own path is does not matter.
 */
public final class UnixSockets {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_CLOEXEC = 02000000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PASSCRED = 16;
  private static final int SO_PEERCRED = 17;
  private static final int SHUT_RDWR = 2;

  // struct ucred
  private static final int UCRED_UID = 4;
  private static final int UCRED_GID = 8;
  private static final int UCRED = 12;

  // struct sockaddr_un
  private static final int PATH = 2;
  private static final int MOST_PATH = 107;

  private UnixSockets() {}

  /**
   * Makes a socket in a directory and listens. Every message that is received over a connection to
   * it carries the sender's process id.
   *
   * @param name a single name
   * @param backlog connections that may wait to be accepted
   * @throws LinuxException EADDRINUSE if there is something of that name, ENAMETOOLONG if the name
   *     alone is too long
   */
  public static Fd listen(Fd dir, byte[] name, int backlog) throws LinuxException {
    int number = Native.socket().socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Fd socket = adopt(number, "socket", dir.resolve(name));
    boolean made = false;
    try {
      int length = putName(dir, name);
      if (Native.socket().bind(number, Scratch.get().address(), length) != 0) {
        throw LinuxException.last("bind", socket);
      }
      passCredentials(socket);
      if (Native.socket().listen(number, backlog) != 0) {
        throw LinuxException.last("listen", socket);
      }
      made = true;
      return socket;
    } finally {
      if (!made) {
        socket.close();
      }
    }
  }

  /**
   * Connects to a socket in a directory.
   *
   * @throws LinuxException ECONNREFUSED if nobody listens, ENOENT if there is no such socket
   */
  public static Fd connect(Fd dir, byte[] name) throws LinuxException {
    int number = Native.socket().socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Fd socket = adopt(number, "socket", dir.resolve(name));
    boolean made = false;
    try {
      int length = putName(dir, name);
      int result;
      do {
        result = Native.socket().connect(number, Scratch.get().address(), length);
      } while (result != 0 && LinuxException.interrupted());
      if (result != 0) {
        throw LinuxException.last("connect", socket);
      }
      made = true;
      return socket;
    } finally {
      if (!made) {
        socket.close();
      }
    }
  }

  /** Waits for a connection and accepts it. */
  public static Fd accept(Fd listening) throws LinuxException {
    int number;
    do {
      number = Native.socket().accept4(listening.intValue(), 0, 0, SOCK_CLOEXEC);
    } while (number < 0 && LinuxException.interrupted());
    return adopt(number, "accept4", "connection to " + listening.path());
  }

  /** Two sockets that are connected to each other; both pass credentials. */
  public static Fd[] pair() throws LinuxException {
    Scratch scratch = Scratch.get();
    if (Native.socket().socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, scratch.address())
        != 0) {
      throw LinuxException.last("socketpair", "");
    }
    int first = scratch.buffer().getInt(0);
    int second = scratch.buffer().getInt(Integer.BYTES);
    Fd[] pair = {Fd.adopt(first, "socket pair"), Fd.adopt(second, "socket pair")};
    passCredentials(pair[0]);
    passCredentials(pair[1]);
    return pair;
  }

  /** Who is on the other side of a connection, as it was when that side connected (or listened). */
  public static PeerCredentials peer(Fd socket) throws LinuxException {
    Scratch scratch = Scratch.get();
    scratch.buffer().putInt(UCRED, UCRED);
    int result =
        Native.socket()
            .getsockopt(
                socket.intValue(),
                SOL_SOCKET,
                SO_PEERCRED,
                scratch.address(),
                scratch.address() + UCRED);
    if (result != 0) {
      throw LinuxException.last("getsockopt SO_PEERCRED", socket);
    }
    return new PeerCredentials(
        scratch.buffer().getInt(0),
        scratch.buffer().getInt(UCRED_UID),
        scratch.buffer().getInt(UCRED_GID));
  }

  /**
   * Ends a connection while it stays open: the other side, and threads of this process that wait to
   * receive from it, find that it has closed. Without effect if the other side is gone.
   */
  public static void shutdown(Fd socket) throws LinuxException {
    if (Native.socket().shutdown(socket.intValue(), SHUT_RDWR) != 0
        && LinuxException.lastErrno() != Errno.ENOTCONN) {
      throw LinuxException.last("shutdown", socket);
    }
  }

  private static void passCredentials(Fd socket) throws LinuxException {
    Scratch scratch = Scratch.get();
    scratch.buffer().putInt(0, 1);
    int result =
        Native.socket()
            .setsockopt(
                socket.intValue(), SOL_SOCKET, SO_PASSCRED, scratch.address(), Integer.BYTES);
    if (result != 0) {
      throw LinuxException.last("setsockopt SO_PASSCRED", socket);
    }
  }

  /** Writes a socket's address to this thread's scratch memory; returns its length. */
  private static int putName(Fd dir, byte[] name) throws LinuxException {
    byte[] terminated = Names.terminated(name);
    byte[] prefix =
        dir == Fd.CWD
            ? new byte[0]
            : ("/proc/self/fd/" + dir.intValue() + "/").getBytes(StandardCharsets.US_ASCII);
    if (prefix.length + name.length > MOST_PATH) {
      throw new LinuxException("name of a socket", Errno.ENAMETOOLONG, dir.resolve(name));
    }
    ByteBuffer buffer = Scratch.get().buffer();
    buffer.putShort(0, (short) AF_UNIX);
    buffer.put(PATH, prefix);
    buffer.put(PATH + prefix.length, terminated);
    return PATH + prefix.length + terminated.length;
  }

  private static Fd adopt(int number, String call, String path) throws LinuxException {
    if (number < 0) {
      throw LinuxException.last(call, path);
    }
    return Fd.adopt(number, path);
  }
}
