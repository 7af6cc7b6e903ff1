package io.snapfs.linux;

/** Files that live in memory and have no name: memfd_create(2). */
public final class MemFd {
  private static final int MFD_CLOEXEC = 1;

  private MemFd() {}

  /**
   * Makes an empty file in memory, open for reading and writing. Its space is given back when the
   * last descriptor and mapping are gone.
   *
   * @param name shown in /proc for people to read, need not be unique, at most 249 bytes
   */
  public static Fd create(String name) throws LinuxException {
    int fd = Native.system().memfd_create(Names.terminated(Names.of(name)), MFD_CLOEXEC);
    if (fd < 0) {
      throw LinuxException.last("memfd_create", name);
    }
    return Fd.adopt(fd, "memfd:" + name);
  }
}
