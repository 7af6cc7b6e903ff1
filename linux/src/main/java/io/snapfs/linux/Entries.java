package io.snapfs.linux;

/**
 * Makes, links, renames and removes the entries of directories. Nothing here follows a link in the
 * last component.
 */
public final class Entries {
  /** For {@link #rename}: fail with EEXIST instead of replacing. */
  public static final int RENAME_NOREPLACE = 1;

  /** For {@link #rename}: swap the two names in one step. */
  public static final int RENAME_EXCHANGE = 2;

  private static final int AT_REMOVEDIR = 0x200;
  private static final int AT_SYMLINK_FOLLOW = 0x400;

  private Entries() {}

  /**
   * Where a symbolic link points, as bytes.
   *
   * @throws LinuxException EINVAL if it is not a symbolic link
   */
  public static byte[] readLink(Fd dir, byte[] name) throws LinuxException {
    Scratch scratch = Scratch.get();
    long length =
        Native.tree()
            .readlinkat(dir.intValue(), Names.terminated(name), scratch.address(), Scratch.SIZE);
    if (length < 0) {
      throw LinuxException.last("readlinkat", dir, name);
    }
    return scratch.bytes(0, (int) length);
  }

  /**
   * Makes a directory.
   *
   * @param mode permission bits, before the umask
   */
  public static void mkdir(Fd dir, byte[] name, int mode) throws LinuxException {
    if (Native.tree().mkdirat(dir.intValue(), Names.terminated(name), mode) != 0) {
      throw LinuxException.last("mkdirat", dir, name);
    }
  }

  /**
   * Makes a device node, fifo, socket or empty regular file.
   *
   * @param mode a type of {@link Mode} and permission bits, before the umask
   * @param major of a device node, else 0
   * @param minor of a device node, else 0
   */
  public static void mknod(Fd dir, byte[] name, int mode, int major, int minor)
      throws LinuxException {
    if (Native.tree().mknodat(dir.intValue(), Names.terminated(name), mode, device(major, minor))
        != 0) {
      throw LinuxException.last("mknodat", dir, name);
    }
  }

  /** Makes a symbolic link called {@code name} that points to {@code target}. */
  public static void symlink(byte[] target, Fd dir, byte[] name) throws LinuxException {
    if (Native.tree().symlinkat(Names.terminated(target), dir.intValue(), Names.terminated(name))
        != 0) {
      throw LinuxException.last("symlinkat", dir, name);
    }
  }

  /** Makes a further hard link to a file; to a symbolic link itself if it is one. */
  public static void link(Fd oldDir, byte[] oldName, Fd newDir, byte[] newName)
      throws LinuxException {
    int result =
        Native.tree()
            .linkat(
                oldDir.intValue(),
                Names.terminated(oldName),
                newDir.intValue(),
                Names.terminated(newName),
                0);
    if (result != 0) {
      throw LinuxException.last(
          "linkat", oldDir.resolve(oldName) + " -> " + newDir.resolve(newName));
    }
  }

  /** Gives a name to an open file that has none, made with {@link Open#O_TMPFILE}. */
  public static void link(Fd file, Fd newDir, byte[] newName) throws LinuxException {
    byte[] source = Names.terminated(Names.of("/proc/self/fd/" + file.intValue()));
    int result =
        Native.tree()
            .linkat(
                Fd.CWD.intValue(),
                source,
                newDir.intValue(),
                Names.terminated(newName),
                AT_SYMLINK_FOLLOW);
    if (result != 0) {
      throw LinuxException.last("linkat", file + " -> " + newDir.resolve(newName));
    }
  }

  /** Removes a name that is not a directory. */
  public static void unlink(Fd dir, byte[] name) throws LinuxException {
    remove(dir, name, 0);
  }

  /** Removes an empty directory. */
  public static void rmdir(Fd dir, byte[] name) throws LinuxException {
    remove(dir, name, AT_REMOVEDIR);
  }

  /** Renames, in one step, replacing what has the new name. */
  public static void rename(Fd oldDir, byte[] oldName, Fd newDir, byte[] newName)
      throws LinuxException {
    rename(oldDir, oldName, newDir, newName, 0);
  }

  /**
   * Renames in one step.
   *
   * @param flags 0, {@link #RENAME_NOREPLACE} or {@link #RENAME_EXCHANGE}
   * @throws LinuxException EINVAL where the filesystem cannot do what the flags ask
   */
  public static void rename(Fd oldDir, byte[] oldName, Fd newDir, byte[] newName, int flags)
      throws LinuxException {
    int result =
        Native.tree()
            .renameat2(
                oldDir.intValue(),
                Names.terminated(oldName),
                newDir.intValue(),
                Names.terminated(newName),
                flags);
    if (result != 0) {
      throw LinuxException.last(
          "renameat2", oldDir.resolve(oldName) + " -> " + newDir.resolve(newName));
    }
  }

  private static void remove(Fd dir, byte[] name, int flags) throws LinuxException {
    if (Native.tree().unlinkat(dir.intValue(), Names.terminated(name), flags) != 0) {
      throw LinuxException.last("unlinkat", dir, name);
    }
  }

  /** The kernel's number for a device: gnu_dev_makedev(3). */
  private static long device(int major, int minor) {
    return (major & 0xfffL) << 8
        | (major & 0xfffff000L) << 32
        | (minor & 0xffL)
        | (minor & 0xffffff00L) << 12;
  }
}
