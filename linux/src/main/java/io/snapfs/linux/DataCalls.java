package io.snapfs.linux;

/**
 * What the C library offers for open files, their data and memory. See {@link Native} for the
 * conventions.
 */
final class DataCalls {
  private final NativeFunction openat;
  private final NativeFunction close;
  private final NativeFunction statx;
  private final NativeFunction syscall;
  private final NativeFunction lseek;
  private final NativeFunction pread;
  private final NativeFunction pwrite;
  private final NativeFunction ftruncate;
  private final NativeFunction fallocate;
  private final NativeFunction fsync;
  private final NativeFunction fdatasync;
  private final NativeFunction syncfs;
  private final NativeFunction sync_file_range;
  private final NativeFunction posix_fadvise;
  private final NativeFunction flock;
  private final NativeFunction mmap;
  private final NativeFunction munmap;
  private final NativeFunction madvise;
  private final NativeFunction sysconf;

  DataCalls(NativeLibrary c) {
    openat = c.function("openat");
    close = c.function("close");
    statx = c.function("statx");
    syscall = c.function("syscall");
    lseek = c.function("lseek");
    pread = c.function("pread");
    pwrite = c.function("pwrite");
    ftruncate = c.function("ftruncate");
    fallocate = c.function("fallocate");
    fsync = c.function("fsync");
    fdatasync = c.function("fdatasync");
    syncfs = c.function("syncfs");
    sync_file_range = c.function("sync_file_range");
    posix_fadvise = c.function("posix_fadvise");
    flock = c.function("flock");
    mmap = c.function("mmap");
    munmap = c.function("munmap");
    madvise = c.function("madvise");
    sysconf = c.function("sysconf");
  }

  int openat(int dir, byte[] path, int flags, int mode) {
    return (int) openat.call(dir, CStrings.of(path), flags, mode);
  }

  int close(int fd) {
    return (int) close.call(fd);
  }

  int statx(int dir, byte[] path, int flags, int mask, long bufferAddress) {
    return (int) statx.call(dir, CStrings.of(path), flags, mask, bufferAddress);
  }

  long syscall(long number, long a, long b, long c) {
    return syscall.call(number, a, b, c);
  }

  long lseek(int fd, long offset, int whence) {
    return lseek.call(fd, offset, whence);
  }

  long pread(int fd, long bufferAddress, long size, long offset) {
    return pread.call(fd, bufferAddress, size, offset);
  }

  long pwrite(int fd, long bufferAddress, long size, long offset) {
    return pwrite.call(fd, bufferAddress, size, offset);
  }

  int ftruncate(int fd, long length) {
    return (int) ftruncate.call(fd, length);
  }

  int fallocate(int fd, int mode, long offset, long length) {
    return (int) fallocate.call(fd, mode, offset, length);
  }

  int fsync(int fd) {
    return (int) fsync.call(fd);
  }

  int fdatasync(int fd) {
    return (int) fdatasync.call(fd);
  }

  int syncfs(int fd) {
    return (int) syncfs.call(fd);
  }

  int sync_file_range(int fd, long offset, long length, int flags) {
    return (int) sync_file_range.call(fd, offset, length, flags);
  }

  /** Returns the errno itself and leaves errno alone. */
  int posix_fadvise(int fd, long offset, long length, int advice) {
    return (int) posix_fadvise.call(fd, offset, length, advice);
  }

  int flock(int fd, int operation) {
    return (int) flock.call(fd, operation);
  }

  long mmap(long address, long size, int protection, int flags, int fd, long offset) {
    return mmap.call(address, size, protection, flags, fd, offset);
  }

  int munmap(long address, long size) {
    return (int) munmap.call(address, size);
  }

  int madvise(long address, long size, int advice) {
    return (int) madvise.call(address, size, advice);
  }

  long sysconf(int name) {
    return sysconf.call(name);
  }
}
