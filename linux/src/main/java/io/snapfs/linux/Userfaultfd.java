package io.snapfs.linux;

import java.nio.ByteBuffer;

/**
 * Owns a userfaultfd(2): the pages of a process's memory that are missing are put there by somebody
 * else, who reads of faults and other events as {@link UffdEvents}.
 *
 * <p>{@link #copy}, {@link #zero}, {@link #poison} and {@link #wake} are for many threads at once,
 * allocate nothing, and return an errno as a negative number, since some of them are everyday:
 *
 * <ul>
 *   <li>EEXIST: the first page is there already
 *   <li>ENOENT: no registered mapping covers the whole range
 *   <li>EAGAIN: nothing is done while an event has not been read, or the mapping is changing
 *   <li>ESRCH: the process has ended; ENOSPC: it is ending
 * </ul>
 *
 * <p>When the last descriptor is closed, nothing is registered any more, and pages that are still
 * missing become zeros when they are touched.
 */
public final class Userfaultfd implements AutoCloseable {
  public static final long FEATURE_FORK = 1 << 1;
  public static final long FEATURE_REMAP = 1 << 2;
  public static final long FEATURE_REMOVE = 1 << 3;
  public static final long FEATURE_UNMAP = 1 << 6;

  private static final int UFFDIO_API = 0xc018aa3f;
  private static final int UFFDIO_REGISTER = 0xc020aa00;
  private static final int UFFDIO_UNREGISTER = 0x8010aa01;
  private static final int UFFDIO_WAKE = 0x8010aa02;
  private static final int UFFDIO_COPY = 0xc028aa03;
  private static final int UFFDIO_ZEROPAGE = 0xc020aa04;
  private static final int UFFDIO_POISON = 0xc020aa08;

  private static final long API_VERSION = 0xaa;
  private static final long REGISTER_MODE_MISSING = 1;

  // struct uffdio_api, and struct uffdio_range, which others begin with
  private static final int API = 0;
  private static final int FEATURES = 8;
  private static final int IOCTLS = 16;
  private static final int START = 0;
  private static final int LENGTH = 8;
  private static final int MODE = 16;
  private static final int DONE = 24; // of uffdio_zeropage and uffdio_poison
  // struct uffdio_copy
  private static final int COPY_TO = 0;
  private static final int COPY_FROM = 8;
  private static final int COPY_LENGTH = 16;
  private static final int COPY_MODE = 24;
  private static final int COPY_DONE = 32;

  private final Fd fd;

  private Userfaultfd(Fd fd) {
    this.fd = fd;
  }

  /** Takes over one that was got elsewhere and has been through {@code UFFDIO_API}. */
  public static Userfaultfd adopt(Fd fd) {
    return new Userfaultfd(fd);
  }

  /**
   * Makes one for this process's own memory. Reading from it does not wait.
   *
   * @param features the FEATURE constants
   * @throws LinuxException EPERM if this user may not, EINVAL if the kernel lacks a feature
   */
  public static Userfaultfd create(long features) throws LinuxException {
    int flags = Open.O_CLOEXEC | Open.O_NONBLOCK;
    long number = Native.data().syscall(Arch.current().userfaultfd(), flags, 0, 0);
    if (number < 0) {
      throw LinuxException.last("userfaultfd", "");
    }
    Userfaultfd created = new Userfaultfd(Fd.adopt((int) number, "userfaultfd"));
    boolean done = false;
    try {
      Scratch scratch = Scratch.get();
      scratch.buffer().putLong(API, API_VERSION).putLong(FEATURES, features).putLong(IOCTLS, 0);
      DeviceIo.ioctl(created.fd, UFFDIO_API, scratch.address());
      done = true;
      return created;
    } finally {
      if (!done) {
        created.close();
      }
    }
  }

  /** The descriptor, to poll and to pass on. */
  public Fd fd() {
    return fd;
  }

  /** Has missing pages of a range of whole pages asked for from now on. */
  public void register(long start, long length) throws LinuxException {
    Scratch scratch = range(start, length);
    scratch.buffer().putLong(MODE, REGISTER_MODE_MISSING).putLong(DONE, 0);
    DeviceIo.ioctl(fd, UFFDIO_REGISTER, scratch.address());
  }

  /** Undoes {@link #register} and wakes who waits there. */
  public void unregister(long start, long length) throws LinuxException {
    DeviceIo.ioctl(fd, UFFDIO_UNREGISTER, range(start, length).address());
  }

  /**
   * Puts copies of bytes of ours where pages are missing, and wakes who waits for them.
   *
   * @param target where in the other process, a multiple of the page size
   * @param source address in this process
   * @param length of both in bytes, a multiple of the page size above 0
   * @return bytes that are there now, at least a page and maybe fewer than asked for; or an errno,
   *     negative
   */
  public long copy(long target, long source, long length) {
    Scratch scratch = Scratch.get();
    scratch
        .buffer()
        .putLong(COPY_TO, target)
        .putLong(COPY_FROM, source)
        .putLong(COPY_LENGTH, length)
        .putLong(COPY_MODE, 0)
        .putLong(COPY_DONE, 0);
    return fill(UFFDIO_COPY, scratch, COPY_DONE, length);
  }

  /** Puts zeros where pages are missing, and wakes who waits for them; else as {@link #copy}. */
  public long zero(long target, long length) {
    Scratch scratch = range(target, length);
    scratch.buffer().putLong(MODE, 0).putLong(DONE, 0);
    return fill(UFFDIO_ZEROPAGE, scratch, DONE, length);
  }

  /**
   * Makes missing pages such that to touch them is a bus error, and wakes who waits for them. It
   * stays so when this is closed.
   *
   * @return as {@link #copy}; EINVAL or ENOTTY before Linux 6.6
   */
  public long poison(long target, long length) {
    Scratch scratch = range(target, length);
    scratch.buffer().putLong(MODE, 0).putLong(DONE, 0);
    return fill(UFFDIO_POISON, scratch, DONE, length);
  }

  /**
   * Whether a page is registered here, without changing anything: tries to copy what can't be read.
   *
   * @return 1 or 0; or an errno, negative
   */
  public int probe(long page) throws LinuxException {
    long result = copy(page, Unreadable.page().address(), Unreadable.page().size());
    return switch ((int) -result) {
      case Errno.EFAULT -> 1;
      case Errno.ENOENT -> 0;
      default -> (int) result;
    };
  }

  /** A page that can't be read, made when first needed. */
  private static final class Unreadable {
    private static NativeMemory page;

    static synchronized NativeMemory page() throws LinuxException {
      if (page == null) {
        try (Fd zeros = Open.at(Fd.CWD, Names.of("/dev/zero"), Open.O_RDONLY)) {
          page = NativeMemory.map(zeros, 0, 1, 0, NativeMemory.MAP_PRIVATE);
        }
      }
      return page;
    }
  }

  /**
   * Lets everybody who waits for pages of a range look again.
   *
   * @return 0, or an errno, negative
   */
  public int wake(long start, long length) {
    Scratch scratch = range(start, length);
    int result = Native.device().ioctl(fd.intValue(), unsigned(UFFDIO_WAKE), scratch.address());
    return result == 0 ? 0 : -LinuxException.lastErrno();
  }

  /**
   * Reads the events that there are.
   *
   * @return how many, 0 if there are none now
   */
  public int read(UffdEvents events) throws LinuxException {
    try {
      return events.read(fd);
    } catch (LinuxException e) {
      if (e.isErrno(Errno.EAGAIN)) {
        return 0;
      }
      throw e;
    }
  }

  private long fill(int request, Scratch scratch, int doneAt, long length) {
    int result;
    do {
      result = Native.device().ioctl(fd.intValue(), unsigned(request), scratch.address());
    } while (result < 0 && LinuxException.interrupted());
    if (result == 0) {
      return length;
    }
    int errno = LinuxException.lastErrno();
    long done = scratch.buffer().getLong(doneAt); // a count, or an errno, or as it was
    return done == 0 ? -errno : done;
  }

  private static Scratch range(long start, long length) {
    Scratch scratch = Scratch.get();
    ByteBuffer buffer = scratch.buffer();
    buffer.putLong(START, start).putLong(LENGTH, length);
    return scratch;
  }

  private static long unsigned(int request) {
    return Integer.toUnsignedLong(request);
  }

  @Override
  public void close() {
    fd.close();
  }
}
