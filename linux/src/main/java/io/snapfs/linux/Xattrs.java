package io.snapfs.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * Extended attributes, ACLs among them ({@code system.posix_acl_access}). Names are bytes with
 * their namespace, such as {@code user.colour}; values are any bytes, up to 64 KiB.
 *
 * <p>The kernel has no calls for an entry of a directory descriptor: name it through {@link
 * #pathIn}. The methods with a path never follow a symbolic link in the last component; those with
 * an {@link Fd} do not work on {@link Open#O_PATH}.
 */
public final class Xattrs {
  /** For {@link #set}: fail with EEXIST if the attribute is there already. */
  public static final int XATTR_CREATE = 1;

  /** For {@link #set}: fail with ENODATA if the attribute is not there yet. */
  public static final int XATTR_REPLACE = 2;

  private Xattrs() {}

  /**
   * A path that leads to an entry of an open directory: {@code /proc/self/fd/N/NAME}. Good while
   * {@code dir} is open.
   */
  public static byte[] pathIn(Fd dir, byte[] name) {
    if (dir == Fd.CWD) {
      return name.clone();
    }
    byte[] prefix = Names.of("/proc/self/fd/" + dir.intValue() + "/");
    byte[] path = new byte[prefix.length + name.length];
    System.arraycopy(prefix, 0, path, 0, prefix.length);
    System.arraycopy(name, 0, path, prefix.length, name.length);
    return path;
  }

  /**
   * The names of a file's attributes that this process may see; EOPNOTSUPP where the filesystem has
   * none.
   */
  public static List<byte[]> list(byte[] path) throws LinuxException {
    Scratch scratch = Scratch.get();
    long length = Native.tree().llistxattr(Names.terminated(path), scratch.address(), Scratch.SIZE);
    if (length < 0) {
      throw LinuxException.last("llistxattr", Names.printable(path));
    }
    return names(scratch, (int) length);
  }

  /** The names of an open file's attributes. */
  public static List<byte[]> list(Fd fd) throws LinuxException {
    Scratch scratch = Scratch.get();
    long length = Native.tree().flistxattr(fd.intValue(), scratch.address(), Scratch.SIZE);
    if (length < 0) {
      throw LinuxException.last("flistxattr", fd);
    }
    return names(scratch, (int) length);
  }

  /** An attribute's value; ENODATA if there is none of that name. */
  public static byte[] get(byte[] path, byte[] name) throws LinuxException {
    Scratch scratch = Scratch.get();
    long length =
        Native.tree()
            .lgetxattr(
                Names.terminated(path), Names.terminated(name), scratch.address(), Scratch.SIZE);
    if (length < 0) {
      throw LinuxException.last("lgetxattr", attribute(Names.printable(path), name));
    }
    return scratch.bytes(0, (int) length);
  }

  /** An open file's attribute; ENODATA if there is none of that name. */
  public static byte[] get(Fd fd, byte[] name) throws LinuxException {
    Scratch scratch = Scratch.get();
    long length =
        Native.tree()
            .fgetxattr(fd.intValue(), Names.terminated(name), scratch.address(), Scratch.SIZE);
    if (length < 0) {
      throw LinuxException.last("fgetxattr", attribute(fd.toString(), name));
    }
    return scratch.bytes(0, (int) length);
  }

  /**
   * Sets an attribute.
   *
   * @param flags 0, {@link #XATTR_CREATE} or {@link #XATTR_REPLACE}
   */
  public static void set(byte[] path, byte[] name, byte[] value, int flags) throws LinuxException {
    int result =
        Native.tree()
            .lsetxattr(Names.terminated(path), Names.terminated(name), value, value.length, flags);
    if (result != 0) {
      throw LinuxException.last("lsetxattr", attribute(Names.printable(path), name));
    }
  }

  /** Sets an open file's attribute; the flags are those of the method for a path. */
  public static void set(Fd fd, byte[] name, byte[] value, int flags) throws LinuxException {
    if (Native.tree().fsetxattr(fd.intValue(), Names.terminated(name), value, value.length, flags)
        != 0) {
      throw LinuxException.last("fsetxattr", attribute(fd.toString(), name));
    }
  }

  /** Removes an attribute; ENODATA if there is none of that name. */
  public static void remove(byte[] path, byte[] name) throws LinuxException {
    if (Native.tree().lremovexattr(Names.terminated(path), Names.terminated(name)) != 0) {
      throw LinuxException.last("lremovexattr", attribute(Names.printable(path), name));
    }
  }

  /** Removes an open file's attribute; ENODATA if there is none of that name. */
  public static void remove(Fd fd, byte[] name) throws LinuxException {
    if (Native.tree().fremovexattr(fd.intValue(), Names.terminated(name)) != 0) {
      throw LinuxException.last("fremovexattr", attribute(fd.toString(), name));
    }
  }

  private static List<byte[]> names(Scratch scratch, int length) {
    List<byte[]> names = new ArrayList<>();
    int at = 0;
    while (at < length) {
      byte[] name = scratch.string(at, length);
      names.add(name);
      at += name.length + 1;
    }
    return names;
  }

  private static String attribute(String file, byte[] name) {
    return file + " attribute " + Names.printable(name);
  }
}
