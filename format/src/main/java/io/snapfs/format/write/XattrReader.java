package io.snapfs.format.write;

import io.snapfs.format.manifest.Xattr;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Xattrs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a file's extended attributes, sorted by name, so that equal sets are equal lists. */
final class XattrReader {
  private XattrReader() {}

  /** Those of an open file. */
  static List<Xattr> of(Fd file) throws IOException {
    return read(() -> Xattrs.list(file), name -> Xattrs.get(file, name));
  }

  /** Those of a name in an open directory; a symbolic link's own. */
  static List<Xattr> of(Fd dir, byte[] name) throws IOException {
    byte[] path = Xattrs.pathIn(dir, name);
    return read(() -> Xattrs.list(path), attribute -> Xattrs.get(path, attribute));
  }

  private interface Lister {
    List<byte[]> list() throws LinuxException;
  }

  private interface Getter {
    byte[] get(byte[] name) throws LinuxException;
  }

  private static List<Xattr> read(Lister lister, Getter getter) throws IOException {
    List<byte[]> names;
    try {
      names = lister.list();
    } catch (LinuxException e) {
      if (e.isErrno(Errno.EOPNOTSUPP)) {
        return List.of(); // the filesystem has none
      }
      throw e;
    }
    if (names.isEmpty()) {
      return List.of();
    }
    List<Xattr> xattrs = new ArrayList<>(names.size());
    for (byte[] name : names) {
      try {
        xattrs.add(new Xattr(name, getter.get(name)));
      } catch (LinuxException e) {
        if (!e.isErrno(Errno.ENODATA)) { // removed since: it is as if it had never been listed
          throw e;
        }
      }
    }
    xattrs.sort((a, b) -> Arrays.compareUnsigned(a.name(), b.name()));
    return xattrs;
  }
}
