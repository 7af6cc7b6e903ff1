package io.snapfs.linux;

/**
 * What the C library offers for devices: files that are spoken to rather than read at an offset.
 * See {@link Native} for the conventions.
 */
final class DeviceCalls {
  private final NativeFunction read;
  private final NativeFunction writev;
  private final NativeFunction ioctl;

  DeviceCalls(NativeLibrary c) {
    read = c.function("read");
    writev = c.function("writev");
    ioctl = c.function("ioctl");
  }

  long read(int fd, long bufferAddress, long size) {
    return read.call(fd, bufferAddress, size);
  }

  long writev(int fd, long vectorAddress, int count) {
    return writev.call(fd, vectorAddress, count);
  }

  int ioctl(int fd, long request, long argumentAddress) {
    return (int) ioctl.call(fd, request, argumentAddress);
  }
}
