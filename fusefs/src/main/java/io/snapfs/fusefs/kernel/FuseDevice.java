package io.snapfs.fusefs.kernel;

import io.snapfs.linux.Addresses;
import io.snapfs.linux.DeviceIo;
import io.snapfs.linux.Fd;
import io.snapfs.linux.IoVector;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Owns an open {@code /dev/fuse}. When the last one of a connection is closed, be it by the death
 * of the process, the kernel ends the connection and fails whatever waits for an answer.
 */
final class FuseDevice implements Channel, AutoCloseable {
  static final String PATH = "/dev/fuse";

  private final Fd fd;

  private FuseDevice(Fd fd) {
    this.fd = fd;
  }

  /** Opens the device; it is good for one mount. */
  static FuseDevice open() throws LinuxException {
    return new FuseDevice(Open.at(Fd.CWD, Names.of(PATH), Open.O_RDWR));
  }

  /** One more queue of this one's connection, so that threads do not contend for one. */
  FuseDevice another() throws LinuxException {
    FuseDevice clone = open();
    ByteBuffer original = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
    original.putInt(0, fd.intValue());
    try {
      DeviceIo.ioctl(clone.fd, FuseProtocol.IOC_CLONE, Addresses.of(original));
      return clone;
    } catch (LinuxException | RuntimeException e) {
      clone.close();
      throw e;
    } finally {
      Reference.reachabilityFence(original);
    }
  }

  /** The number of the descriptor, for the mount options. */
  int number() {
    return fd.intValue();
  }

  @Override
  public int read(long address, int capacity) throws LinuxException {
    return DeviceIo.read(fd, address, capacity);
  }

  @Override
  public void write(IoVector pieces, int count) throws LinuxException {
    DeviceIo.writev(fd, pieces, count);
  }

  @Override
  public void close() {
    fd.close();
  }
}
