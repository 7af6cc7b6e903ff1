package io.snapfs.linux;

/**
 * A processor architecture, with the numbers of the system call interface that differ between them.
 */
public enum Arch {
  X86_64("amd64", 217, 251, 323, 0200000, 0400000, 040000),
  AARCH64("aarch64", 61, 30, 282, 040000, 0100000, 0200000),
  /** Any other architecture: {@link Native#unavailableReason()} refuses it. */
  OTHER("", -1, -1, -1, 0200000, 0400000, 040000);

  private static final Arch CURRENT = of(System.getProperty("os.arch", ""));

  private final String javaName;
  private final int getdents64;
  private final int ioprioSet;
  private final int userfaultfd;
  private final int oDirectory;
  private final int oNoFollow;
  private final int oDirect;

  Arch(
      String javaName,
      int getdents64,
      int ioprioSet,
      int userfaultfd,
      int oDirectory,
      int oNoFollow,
      int oDirect) {
    this.javaName = javaName;
    this.getdents64 = getdents64;
    this.ioprioSet = ioprioSet;
    this.userfaultfd = userfaultfd;
    this.oDirectory = oDirectory;
    this.oNoFollow = oNoFollow;
    this.oDirect = oDirect;
  }

  /** The architecture that this JVM runs on. */
  public static Arch current() {
    return CURRENT;
  }

  /**
   * Finds the architecture by the name that Java gives it.
   *
   * @param osArch a value of the system property {@code os.arch}
   */
  static Arch of(String osArch) {
    for (Arch arch : values()) {
      if (arch != OTHER && arch.javaName.equals(osArch)) {
        return arch;
      }
    }
    return OTHER;
  }

  int getdents64() {
    return getdents64;
  }

  /** The number of ioprio_get is the next one. */
  int ioprioSet() {
    return ioprioSet;
  }

  int userfaultfd() {
    return userfaultfd;
  }

  int oDirectory() {
    return oDirectory;
  }

  int oNoFollow() {
    return oNoFollow;
  }

  int oDirect() {
    return oDirect;
  }
}
