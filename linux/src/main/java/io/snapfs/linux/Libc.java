package io.snapfs.linux;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import jnr.ffi.types.mode_t;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * The C library as jnr-ffi sees it. Not for use outside this package: it is public only because the
 * class that jnr-ffi generates for it lives in another class loader.
 *
 * <p>Conventions: a {@code byte[]} is {@code const char *} and must end in NUL; an address is a
 * {@code long} called {@code ...Address}. No binding has six integer arguments of which none is an
 * object: jnr-ffi 2.2.17's assembler stubs pass the last ones wrongly (hence the {@link Pointer} in
 * {@link #mmap}). Names and argument order are those of the C functions, see the manual pages.
 */
@SuppressWarnings("checkstyle:MethodName")
public interface Libc {
  int openat(int dir, @In byte[] path, int flags, @mode_t int mode);

  int close(int fd);

  int statx(int dir, @In byte[] path, int flags, int mask, long bufferAddress);

  long syscall(long number, long a, long b, long c);

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

  int ftruncate(int fd, @off_t long length);

  int fallocate(int fd, int mode, @off_t long offset, @off_t long length);

  @off_t
  long lseek(int fd, @off_t long offset, int whence);

  int fsync(int fd);

  int fdatasync(int fd);

  int syncfs(int fd);

  int sync_file_range(int fd, @off_t long offset, @off_t long length, int flags);

  /** Returns the errno itself and leaves errno alone. */
  int posix_fadvise(int fd, @off_t long offset, @off_t long length, int advice);

  int flock(int fd, int operation);

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

  @ssize_t
  long pread(int fd, long bufferAddress, @size_t long size, @off_t long offset);

  @ssize_t
  long pwrite(int fd, long bufferAddress, @size_t long size, @off_t long offset);

  Pointer mmap(
      Pointer address, @size_t long size, int protection, int flags, int fd, @off_t long offset);

  int munmap(long address, @size_t long size);

  int madvise(long address, @size_t long size, int advice);

  int memfd_create(@In byte[] name, int flags);

  int mount(@In byte[] source, @In byte[] target, @In byte[] type, long flags, @In byte[] data);

  int umount2(@In byte[] target, int flags);

  int getuid();

  int geteuid();

  int getpid();

  int kill(int pid, int signal);

  int setsid();

  int uname(long bufferAddress);

  int fstatfs(int fd, long bufferAddress);

  int statfs(@In byte[] path, long bufferAddress);

  long sysconf(int name);
}
