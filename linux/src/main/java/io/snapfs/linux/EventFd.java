package io.snapfs.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Owns a descriptor that one thread makes readable to end another one's {@link Poll}: eventfd(2).
 */
public final class EventFd implements AutoCloseable {
  private static final int EFD_NONBLOCK = 04000;
  private static final int EFD_CLOEXEC = 02000000;

  private final Fd fd;
  private final ByteBuffer one =
      ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
  private final IoVector vector = new IoVector(1);

  /** Makes one that isn't readable. */
  public EventFd() throws LinuxException {
    int number = Native.event().eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (number < 0) {
      throw LinuxException.last("eventfd", "");
    }
    fd = Fd.adopt(number, "eventfd");
    one.putLong(0, 1);
    vector.set(0, Addresses.of(one), Long.BYTES);
  }

  /** For {@link Poll#add}. */
  public Fd fd() {
    return fd;
  }

  /** Makes it readable until {@link #drain}. For any thread. */
  public void signal() throws LinuxException {
    DeviceIo.writev(fd, vector, 1);
  }

  /** Makes it unreadable; without effect if it isn't readable. */
  public void drain() throws LinuxException {
    try {
      DeviceIo.read(fd, Scratch.get().address(), Long.BYTES);
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.EAGAIN)) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
