package io.snapfs.linux;

import java.lang.ref.Reference;

/**
 * Talks to devices, pipes and the like, which have no offsets: read(2), writev(2), ioctl(2).
 * Allocates nothing unless a call fails. A raw address must be good for the whole length: a wrong
 * one corrupts the process.
 */
public final class DeviceIo {
  private DeviceIo() {}

  /**
   * Reads once, and waits for it if there is nothing yet.
   *
   * @return how many bytes were read, 0 at the end
   */
  public static int read(Fd fd, long address, int length) throws LinuxException {
    DeviceCalls calls = Native.device();
    long count;
    do {
      count = calls.read(fd.intValue(), address, length);
    } while (count < 0 && LinuxException.interrupted());
    if (count < 0) {
      throw LinuxException.last("read", fd);
    }
    return (int) count;
  }

  /**
   * Writes the first pieces of a vector by one call.
   *
   * @param count number of pieces, at least one
   * @return how many bytes were written, maybe fewer than asked for
   */
  public static long writev(Fd fd, IoVector vector, int count) throws LinuxException {
    vector.checkCount(count);
    DeviceCalls calls = Native.device();
    try {
      long written;
      do {
        written = calls.writev(fd.intValue(), vector.address(), count);
      } while (written < 0 && LinuxException.interrupted());
      if (written < 0) {
        throw LinuxException.last("writev", fd);
      }
      return written;
    } finally {
      Reference.reachabilityFence(vector);
    }
  }

  /**
   * Sends a command to a device.
   *
   * @param request the command's number, unsigned 32 bits
   * @param argumentAddress of the structure that the command takes
   * @return what the command returns, not negative
   */
  public static int ioctl(Fd fd, int request, long argumentAddress) throws LinuxException {
    DeviceCalls calls = Native.device();
    int result;
    do {
      result = calls.ioctl(fd.intValue(), Integer.toUnsignedLong(request), argumentAddress);
    } while (result < 0 && LinuxException.interrupted());
    if (result < 0) {
      throw LinuxException.last("ioctl 0x" + Integer.toHexString(request), fd);
    }
    return result;
  }
}
