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
final class FuseDevice implements Channel, Backings.Registry {
  static final String PATH = "/dev/fuse";

  private static final int BACKING_MAP_SIZE = 16;

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
    try {
      clone.command(FuseProtocol.IOC_CLONE, argument(Integer.BYTES).putInt(0, fd.intValue()));
      return clone;
    } catch (LinuxException | RuntimeException e) {
      clone.close();
      throw e;
    }
  }

  @Override
  public int register(Fd file) throws LinuxException {
    ByteBuffer map = argument(BACKING_MAP_SIZE).putInt(0, file.intValue());
    return command(FuseProtocol.IOC_BACKING_OPEN, map);
  }

  @Override
  public void unregister(int number) throws LinuxException {
    command(FuseProtocol.IOC_BACKING_CLOSE, argument(Integer.BYTES).putInt(0, number));
  }

  private static ByteBuffer argument(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  private int command(int request, ByteBuffer argument) throws LinuxException {
    try {
      return DeviceIo.ioctl(fd, request, Addresses.of(argument));
    } finally {
      Reference.reachabilityFence(argument);
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
