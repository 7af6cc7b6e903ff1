package io.snapfs.linux;

/** Constants of the running system. */
public final class SystemInfo {
  private static final int SC_PAGESIZE = 30;

  private SystemInfo() {}

  /** The size of a page of memory in bytes, 4096 on x86-64. */
  public static int pageSize() {
    return (int) Native.data().sysconf(SC_PAGESIZE);
  }
}
