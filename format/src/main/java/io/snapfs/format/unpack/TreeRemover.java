package io.snapfs.format.unpack;

import io.snapfs.linux.DirEntry;
import io.snapfs.linux.Directory;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;

/** Removes a tree that this process made, following no links. */
public final class TreeRemover {
  private TreeRemover() {}

  /** Removes a directory and everything below it. */
  public static void remove(Fd parent, byte[] name) throws LinuxException {
    try (Fd dir = Open.directory(parent, name)) {
      for (DirEntry entry : Directory.list(dir)) {
        if (Stat.lstatAt(dir, entry.name()).isDirectory()) {
          remove(dir, entry.name());
        } else {
          Entries.unlink(dir, entry.name());
        }
      }
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT)) {
        return;
      }
      throw e;
    }
    Entries.rmdir(parent, name);
  }
}
