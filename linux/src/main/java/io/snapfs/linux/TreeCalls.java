package io.snapfs.linux;

import jnr.ffi.annotations.In;
import jnr.ffi.types.mode_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * What the C library offers for names, links, owners, times and extended attributes. See {@link
 * Native} for the conventions.
 *
 * <p>Not for use outside this package: it is public only because the class that jnr-ffi generates
 * for it lives in another class loader.
 */
public interface TreeCalls {
  @ssize_t
  long readlinkat(int dir, @In byte[] path, long bufferAddress, @size_t long size);

  int mkdirat(int dir, @In byte[] path, @mode_t int mode);

  int mknodat(int dir, @In byte[] path, @mode_t int mode, long device);

  int symlinkat(@In byte[] target, int dir, @In byte[] path);

  int linkat(int oldDir, @In byte[] oldPath, int newDir, @In byte[] newPath, int flags);

  int unlinkat(int dir, @In byte[] path, int flags);

  int renameat2(int oldDir, @In byte[] oldPath, int newDir, @In byte[] newPath, int flags);

  int fchownat(int dir, @In byte[] path, int uid, int gid, int flags);

  int fchmod(int fd, @mode_t int mode);

  int fchmodat(int dir, @In byte[] path, @mode_t int mode, int flags);

  int utimensat(int dir, @In byte[] path, long timesAddress, int flags);

  int futimens(int fd, long timesAddress);

  @ssize_t
  long llistxattr(@In byte[] path, long bufferAddress, @size_t long size);

  @ssize_t
  long lgetxattr(@In byte[] path, @In byte[] name, long bufferAddress, @size_t long size);

  int lsetxattr(@In byte[] path, @In byte[] name, @In byte[] value, @size_t long size, int flags);

  int lremovexattr(@In byte[] path, @In byte[] name);

  @ssize_t
  long flistxattr(int fd, long bufferAddress, @size_t long size);

  @ssize_t
  long fgetxattr(int fd, @In byte[] name, long bufferAddress, @size_t long size);

  int fsetxattr(int fd, @In byte[] name, @In byte[] value, @size_t long size, int flags);

  int fremovexattr(int fd, @In byte[] name);
}
