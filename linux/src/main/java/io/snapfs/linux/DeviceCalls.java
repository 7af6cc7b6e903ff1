package io.snapfs.linux;

import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * What the C library offers for devices: files that are spoken to rather than read at an offset.
 * See {@link Native} for the conventions.
 *
 * <p>Not for use outside this package: it is public only because the class that jnr-ffi generates
 * for it lives in another class loader.
 */
public interface DeviceCalls {
  @ssize_t
  long read(int fd, long bufferAddress, @size_t long size);

  @ssize_t
  long writev(int fd, long vectorAddress, int count);

  int ioctl(int fd, long request, long argumentAddress);
}
