package io.snapfs.linux;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import jnr.ffi.types.mode_t;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * What the C library offers for open files, their data and memory. See {@link Native} for the
 * conventions.
 *
 * <p>Not for use outside this package: it is public only because the class that jnr-ffi generates
 * for it lives in another class loader.
 *
 * <p>No binding may have six arguments that are all numbers: jnr-ffi 2.2.17 on x86-64 then passes a
 * wrong one (mmap with a {@code long} as its address fails with EINVAL), hence the {@link Pointer}
 * in {@link #mmap}.
 */
public interface DataCalls {
  int openat(int dir, @In byte[] path, int flags, @mode_t int mode);

  int close(int fd);

  int statx(int dir, @In byte[] path, int flags, int mask, long bufferAddress);

  long syscall(long number, long a, long b, long c);

  @off_t
  long lseek(int fd, @off_t long offset, int whence);

  @ssize_t
  long pread(int fd, long bufferAddress, @size_t long size, @off_t long offset);

  @ssize_t
  long pwrite(int fd, long bufferAddress, @size_t long size, @off_t long offset);

  int ftruncate(int fd, @off_t long length);

  int fallocate(int fd, int mode, @off_t long offset, @off_t long length);

  int fsync(int fd);

  int fdatasync(int fd);

  int syncfs(int fd);

  int sync_file_range(int fd, @off_t long offset, @off_t long length, int flags);

  /** Returns the errno itself and leaves errno alone. */
  int posix_fadvise(int fd, @off_t long offset, @off_t long length, int advice);

  int flock(int fd, int operation);

  Pointer mmap(
      Pointer address, @size_t long size, int protection, int flags, int fd, @off_t long offset);

  int munmap(long address, @size_t long size);

  int madvise(long address, @size_t long size, int advice);

  long sysconf(int name);
}
