package io.snapfs.linux;

/** Mounts and unmounts filesystems: mount(2), umount2(2). Needs CAP_SYS_ADMIN, else EPERM. */
public final class Mounts {
  public static final long MS_RDONLY = 1;
  public static final long MS_NOSUID = 2;
  public static final long MS_NODEV = 4;
  public static final long MS_NOEXEC = 8;
  public static final long MS_REMOUNT = 32;
  public static final long MS_NOATIME = 1024;
  public static final long MS_BIND = 4096;
  public static final long MS_REC = 16384;
  public static final long MS_PRIVATE = 1 << 18;

  public static final int MNT_FORCE = 1;

  /** Take the mount out of sight now, and clean up once nobody uses it any more. */
  public static final int MNT_DETACH = 2;

  /** Do not follow a symbolic link in the last component. */
  public static final int UMOUNT_NOFOLLOW = 8;

  private Mounts() {}

  /**
   * Mounts a filesystem.
   *
   * @param source a device, a directory for {@link #MS_BIND}, or any text that the type allows
   * @param target the mountpoint; a symbolic link is followed
   * @param type the filesystem's type, such as {@code tmpfs}
   * @param flags the MS constants
   * @param options the type's own options, comma-separated
   */
  public static void mount(byte[] source, byte[] target, String type, long flags, String options)
      throws LinuxException {
    int result =
        Native.system()
            .mount(
                Names.terminated(source),
                Names.terminated(target),
                Names.terminated(Names.of(type)),
                flags,
                Names.terminated(Names.of(options)));
    if (result != 0) {
      throw LinuxException.last("mount", type + " on " + Names.printable(target));
    }
  }

  /**
   * Unmounts the topmost mount at a mountpoint.
   *
   * @param flags 0, or {@link #MNT_FORCE}, {@link #MNT_DETACH}, {@link #UMOUNT_NOFOLLOW}
   * @throws LinuxException EBUSY if it is in use, EINVAL if nothing is mounted there
   */
  public static void umount(byte[] target, int flags) throws LinuxException {
    if (Native.system().umount2(Names.terminated(target), flags) != 0) {
      throw LinuxException.last("umount2", Names.printable(target));
    }
  }
}
