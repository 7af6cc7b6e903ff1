package io.snapfs.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Owns a mapping of memory outside the Java heap, aligned to pages, and unmaps it on close.
 *
 * <p>Anonymous memory is zero until written and takes no real memory until touched. {@link
 * #close()} may be called several times and by several threads. After it, every address and every
 * slice is void: to touch one kills the JVM, so whoever shares the memory must count its users.
 */
public final class NativeMemory implements AutoCloseable {
  public static final int PROT_READ = 1;
  public static final int PROT_WRITE = 2;

  public static final int MAP_SHARED = 1;
  public static final int MAP_PRIVATE = 2;
  public static final int MAP_NORESERVE = 0x4000;
  public static final int MAP_POPULATE = 0x8000;

  public static final int MADV_NORMAL = 0;
  public static final int MADV_RANDOM = 1;
  public static final int MADV_SEQUENTIAL = 2;
  public static final int MADV_WILLNEED = 3;
  public static final int MADV_DONTNEED = 4;
  public static final int MADV_HUGEPAGE = 14;

  private static final int MAP_ANONYMOUS = 0x20;
  private static final long MAP_FAILED = -1;

  private static final VarHandle CLOSED;

  static {
    try {
      CLOSED = MethodHandles.lookup().findVarHandle(NativeMemory.class, "closed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long address;
  private final long size;

  @SuppressWarnings("UnusedVariable") // read and written through CLOSED
  private volatile boolean closed;

  private NativeMemory(long address, long size) {
    this.address = address;
    this.size = size;
  }

  /**
   * Maps fresh, private, zeroed memory for reading and writing.
   *
   * @param size in bytes, above 0; rounded up to whole pages
   */
  public static NativeMemory allocate(long size) throws LinuxException {
    return map(
        size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0, "anonymous memory");
  }

  /**
   * Maps a range of a file. To touch a page behind the file's end kills the JVM.
   *
   * @param offset where in the file, a multiple of the page size
   * @param size in bytes, above 0; rounded up to whole pages
   * @param protection the PROT constants
   * @param flags the MAP constants, {@link #MAP_SHARED} or {@link #MAP_PRIVATE} among them
   */
  public static NativeMemory map(Fd fd, long offset, long size, int protection, int flags)
      throws LinuxException {
    return map(size, protection, flags, fd.intValue(), offset, fd.toString());
  }

  private static NativeMemory map(
      long size, int protection, int flags, int fd, long offset, String what)
      throws LinuxException {
    if (size <= 0) {
      throw new IllegalArgumentException("size must be above 0, was " + size);
    }
    long page = SystemInfo.pageSize();
    long rounded = Math.addExact(size, page - 1) & -page;
    long address = Native.data().mmap(0, rounded, protection, flags, fd, offset);
    if (address == MAP_FAILED) {
      throw LinuxException.last("mmap", what + ", " + rounded + " bytes at offset " + offset);
    }
    return new NativeMemory(address, rounded);
  }

  /** Where the memory begins, a multiple of the page size. */
  public long address() {
    return address;
  }

  /** How long it is in bytes, a multiple of the page size. */
  public long size() {
    return size;
  }

  /**
   * A little-endian buffer over a part of the memory. It does not keep the memory mapped.
   *
   * @throws IndexOutOfBoundsException if the part is not inside
   */
  public ByteBuffer slice(long offset, int length) {
    checkRange(offset, length);
    return Addresses.view(address + offset, length);
  }

  /**
   * Says how a part will be used, madvise(2).
   *
   * @param offset a multiple of the page size
   * @param length in bytes
   * @param advice one of the MADV constants
   */
  public void advise(long offset, long length, int advice) throws LinuxException {
    checkRange(offset, length);
    if (Native.data().madvise(address + offset, length, advice) != 0) {
      throw LinuxException.last("madvise", this + ", " + length + " bytes at offset " + offset);
    }
  }

  /** Unmaps the memory; without effect if that has been done. */
  @Override
  public void close() {
    if (CLOSED.compareAndSet(this, false, true)) {
      Native.data().munmap(address, size); // cannot fail: address and size are those of a mapping
    }
  }

  private void checkRange(long offset, long length) {
    if (closed) {
      throw new IllegalStateException("used after it was closed: " + this);
    }
    Objects.checkFromIndexSize(offset, length, size);
  }

  @Override
  public String toString() {
    return "memory 0x" + Long.toHexString(address) + " of " + size + " bytes";
  }
}
