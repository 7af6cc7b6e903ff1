package io.snapfs.linux;

/** Opens files: openat(2) and its flags. */
public final class Open {
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0100;
  public static final int O_EXCL = 0200;
  public static final int O_TRUNC = 01000;
  public static final int O_APPEND = 02000;
  public static final int O_NONBLOCK = 04000;
  public static final int O_DIRECT = Arch.current().oDirect();
  public static final int O_DIRECTORY = Arch.current().oDirectory();
  public static final int O_NOFOLLOW = Arch.current().oNoFollow();
  public static final int O_NOATIME = 01000000;

  /** Always set by {@link #at}: no descriptor leaks into a child process. */
  public static final int O_CLOEXEC = 02000000;

  public static final int O_PATH = 010000000;
  public static final int O_TMPFILE = 020000000 | O_DIRECTORY;

  private Open() {}

  /**
   * Opens an existing file.
   *
   * @see #at(Fd, byte[], int, int)
   */
  public static Fd at(Fd dir, byte[] name, int flags) throws LinuxException {
    return at(dir, name, flags, 0);
  }

  /**
   * Opens a file, or creates it with {@link #O_CREAT}. Follows a symbolic link unless {@link
   * #O_NOFOLLOW} is given.
   *
   * @param dir what a relative name is relative to, or {@link Fd#CWD}
   * @param name a name or path
   * @param flags the O_ constants of this class
   * @param mode permission bits of a file that is created, before the umask
   */
  public static Fd at(Fd dir, byte[] name, int flags, int mode) throws LinuxException {
    byte[] path = Names.terminated(name);
    DataCalls calls = Native.data();
    int fd;
    do {
      fd = calls.openat(dir.intValue(), path, flags | O_CLOEXEC, mode);
    } while (fd < 0 && LinuxException.interrupted());
    if (fd < 0) {
      throw LinuxException.last("openat", dir, name);
    }
    return Fd.adopt(fd, dir.resolve(name));
  }

  /**
   * Opens a directory for listing and as the {@code dir} of other calls; refuses a symbolic link.
   */
  public static Fd directory(Fd dir, byte[] name) throws LinuxException {
    return at(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  }
}
