package io.snapfs.linux;

/** Pipes, and copies of descriptors. */
public final class Pipes {
  private static final int F_DUPFD_CLOEXEC = 1030;

  private Pipes() {}

  /**
   * Makes a pipe.
   *
   * @return the end to read from, then the end to write to
   */
  public static Fd[] create() throws LinuxException {
    Scratch scratch = Scratch.get();
    if (Native.event().pipe2(scratch.address(), Open.O_CLOEXEC) != 0) {
      throw LinuxException.last("pipe2", "");
    }
    int read = scratch.buffer().getInt(0);
    int write = scratch.buffer().getInt(Integer.BYTES);
    return new Fd[] {Fd.adopt(read, "pipe"), Fd.adopt(write, "pipe")};
  }

  /**
   * Makes another descriptor of the same open file.
   *
   * @param lowest number that it may get; the lowest free one from there on is taken
   */
  public static Fd duplicate(Fd fd, int lowest) throws LinuxException {
    int number = Native.event().fcntl(fd.intValue(), F_DUPFD_CLOEXEC, lowest);
    if (number < 0) {
      throw LinuxException.last("fcntl F_DUPFD_CLOEXEC", fd);
    }
    return Fd.adopt(number, fd.path());
  }
}
