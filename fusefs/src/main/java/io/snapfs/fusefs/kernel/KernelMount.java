package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.MountOptions.Flag;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mounts;
import io.snapfs.linux.Names;
import io.snapfs.linux.Processes;

/** From mount options to mount(2), as the kernel's filesystem {@code fuse} takes them. */
final class KernelMount {
  private static final String TYPE = "fuse.snapfs";

  private KernelMount() {}

  static void mount(FuseDevice device, byte[] mountpoint, MountOptions options)
      throws LinuxException {
    String data = data(options, device.number(), Processes.uid(), Processes.gid());
    Mounts.mount(Names.of(options.source()), mountpoint, TYPE, flags(options), data);
  }

  /** Takes a mount that will not answer out of sight. */
  static void detach(byte[] mountpoint) {
    try {
      Mounts.umount(mountpoint, Mounts.MNT_DETACH | Mounts.UMOUNT_NOFOLLOW);
    } catch (LinuxException e) {
      // Somebody else was faster.
    }
  }

  static long flags(MountOptions options) {
    long flags = Mounts.MS_RDONLY;
    if (!options.has(Flag.SUID)) {
      flags |= Mounts.MS_NOSUID;
    }
    if (!options.has(Flag.DEV)) {
      flags |= Mounts.MS_NODEV;
    }
    if (options.has(Flag.NOEXEC)) {
      flags |= Mounts.MS_NOEXEC;
    }
    return flags;
  }

  /**
   * The options of the filesystem itself. All are numbers and fixed words: the source, which may
   * have a comma in it, travels as an argument of its own.
   */
  static String data(MountOptions options, int device, int uid, int gid) {
    StringBuilder data = new StringBuilder();
    data.append("fd=").append(device);
    data.append(",rootmode=40000");
    data.append(",user_id=").append(Integer.toUnsignedString(uid));
    data.append(",group_id=").append(Integer.toUnsignedString(gid));
    data.append(",max_read=").append(FileHandle.MAX_READ);
    if (options.has(Flag.ALLOW_OTHER)) {
      data.append(",allow_other");
    }
    if (options.has(Flag.DEFAULT_PERMISSIONS)) {
      data.append(",default_permissions");
    }
    return data.toString();
  }
}
