package io.snapfs.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A few bytes on their way through a {@linkplain UnixSockets unix socket}, with descriptors that
 * travel along (SCM_RIGHTS) and the sender's process id (SCM_CREDENTIALS). To be used again and
 * again, by one thread at a time.
 */
public final class SocketMessage {
  /** Most descriptors that are taken from one message; the kernel closes what is beyond. */
  public static final int MOST_FDS = 16;

  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int SCM_CREDENTIALS = 2;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  // struct msghdr, then the one struct iovec, then the control messages
  private static final int IOVEC_ADDRESS = 16;
  private static final int IOVEC_COUNT = 24;
  private static final int CONTROL_ADDRESS = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int IOVEC = 56;
  private static final int IOVEC_LENGTH = IOVEC + 8;
  private static final int CONTROL = 72;

  // struct cmsghdr
  private static final int LEVEL = 8;
  private static final int TYPE = 12;
  private static final int HEADER = 16;

  private static final int CREDENTIALS = 12;
  private static final int CONTROL_SIZE =
      HEADER + aligned(CREDENTIALS) + HEADER + aligned(MOST_FDS * Integer.BYTES);

  private final ByteBuffer data;
  private final ByteBuffer header =
      ByteBuffer.allocateDirect(CONTROL + CONTROL_SIZE).order(ByteOrder.nativeOrder());
  private final long headerAddress = Addresses.of(header);
  private final List<Fd> fds = new ArrayList<>();
  private int senderPid;

  /**
   * A message.
   *
   * @param capacity most bytes of data
   */
  public SocketMessage(int capacity) {
    data = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The data, from index 0; a little-endian buffer, to be used with absolute positions. */
  public ByteBuffer data() {
    return data;
  }

  /**
   * Receives once, waiting for it: descriptors come with the first byte of the message that they
   * were sent with, and a receive never goes beyond that message.
   *
   * @param from where in {@link #data()} the bytes go
   * @param length most bytes to receive, at least 1
   * @return how many were received, 0 if the other side has closed
   */
  public int receive(Fd socket, int from, int length) throws LinuxException {
    describe(from, length, CONTROL_SIZE);
    SocketCalls calls = Native.socket();
    try {
      long count;
      do {
        count = calls.recvmsg(socket.intValue(), headerAddress, MSG_CMSG_CLOEXEC);
      } while (count < 0 && LinuxException.interrupted());
      if (count < 0) {
        throw LinuxException.last("recvmsg", socket);
      }
      takeControl(socket.path());
      return (int) count;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Sends once.
   *
   * @param from where in {@link #data()} the bytes begin
   * @param length how many, at least 1
   * @param passed travel along; they stay the caller's, the receiver gets duplicates
   * @return how many bytes were sent
   * @throws LinuxException EPIPE if the other side has closed
   */
  public int send(Fd socket, int from, int length, Fd... passed) throws LinuxException {
    int control = 0;
    if (passed.length > 0) {
      int content = HEADER + passed.length * Integer.BYTES;
      control = HEADER + aligned(passed.length * Integer.BYTES);
      header.putLong(CONTROL, content);
      header.putInt(CONTROL + LEVEL, SOL_SOCKET).putInt(CONTROL + TYPE, SCM_RIGHTS);
      for (int i = 0; i < passed.length; i++) {
        header.putInt(CONTROL + HEADER + i * Integer.BYTES, passed[i].intValue());
      }
    }
    describe(from, length, control);
    SocketCalls calls = Native.socket();
    try {
      long count;
      do {
        count = calls.sendmsg(socket.intValue(), headerAddress, MSG_NOSIGNAL);
      } while (count < 0 && LinuxException.interrupted());
      if (count < 0) {
        throw LinuxException.last("sendmsg", socket);
      }
      return (int) count;
    } finally {
      Reference.reachabilityFence(passed);
      Reference.reachabilityFence(this);
    }
  }

  /** The descriptors that came with the last receive. They are the caller's, to be closed. */
  public List<Fd> takeFds() {
    List<Fd> taken = List.copyOf(fds);
    fds.clear();
    return taken;
  }

  /**
   * Who sent what was received last, as a process id of the receiver's pid namespace; 0 if the
   * sender has none there, or the socket does not pass credentials.
   */
  public int senderPid() {
    return senderPid;
  }

  private void describe(int from, int length, int control) {
    if (from < 0 || length < 1 || length > data.capacity() - from) {
      throw new IllegalArgumentException(
          length + " bytes at " + from + " of a message of " + data.capacity());
    }
    header.putLong(IOVEC, Addresses.of(data) + from).putLong(IOVEC_LENGTH, length);
    header.putLong(IOVEC_ADDRESS, headerAddress + IOVEC).putLong(IOVEC_COUNT, 1);
    header.putLong(CONTROL_ADDRESS, control == 0 ? 0 : headerAddress + CONTROL);
    header.putLong(CONTROL_LENGTH, control);
  }

  private void takeControl(String path) {
    takeFds().forEach(Fd::close); // nobody wanted those of the message before
    senderPid = 0;
    int end = CONTROL + (int) header.getLong(CONTROL_LENGTH);
    for (int at = CONTROL; at + HEADER <= end; ) {
      int content = (int) header.getLong(at) - HEADER;
      if (header.getInt(at + LEVEL) == SOL_SOCKET) {
        switch (header.getInt(at + TYPE)) {
          case SCM_CREDENTIALS -> senderPid = header.getInt(at + HEADER);
          case SCM_RIGHTS -> {
            for (int i = 0; i < content; i += Integer.BYTES) {
              fds.add(Fd.adopt(header.getInt(at + HEADER + i), "received over " + path));
            }
          }
          default -> {} // nothing else was asked for
        }
      }
      at += HEADER + aligned(content);
    }
  }

  private static int aligned(int length) {
    return (length + Long.BYTES - 1) & -Long.BYTES;
  }
}
