package io.snapfs.format.unpack;

import io.snapfs.format.manifest.Node;
import io.snapfs.format.manifest.Xattr;
import io.snapfs.linux.Attributes;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Processes;
import io.snapfs.linux.Xattrs;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sets owner, permissions, extended attributes and times, in this order: chown clears set-id bits
 * and file capabilities, a chmod after an ACL would change the ACL's mask, and everything changes
 * times. What only root may do is left out and counted for others. Safe for use by many threads.
 */
final class AttributeWriter {
  private static final int KEEP_TIME = Attributes.UTIME_OMIT;

  private final AtomicLong ownersLeftOut = new AtomicLong();
  private final AtomicLong xattrsLeftOut = new AtomicLong();

  static boolean isRoot() {
    return Processes.effectiveUid() == 0;
  }

  long ownersLeftOut() {
    return ownersLeftOut.get();
  }

  long xattrsLeftOut() {
    return xattrsLeftOut.get();
  }

  /** Sets everything of a node that isn't a regular file. */
  void apply(Fd dir, byte[] name, Node node, List<Xattr> xattrs) throws IOException {
    applyOwner(dir, name, node);
    if (!node.isSymlink()) {
      Attributes.chmod(dir, name, node.permissions());
    }
    byte[] path = Xattrs.pathIn(dir, name);
    setAll(xattrs, xattr -> Xattrs.set(path, xattr.name(), xattr.value(), 0));
    Attributes.setTimes(dir, name, 0, KEEP_TIME, node.mtimeSeconds(), node.mtimeNanos());
  }

  void applyOwner(Fd dir, byte[] name, Node node) throws IOException {
    try {
      Attributes.chown(dir, name, node.uid(), node.gid());
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.EPERM) || isRoot()) {
        throw e;
      }
      ownersLeftOut.incrementAndGet();
    }
  }

  /** Sets everything of a regular file but its owner. */
  void applyToFile(Fd file, Node node, List<Xattr> xattrs) throws IOException {
    Attributes.chmod(file, node.permissions());
    setAll(xattrs, xattr -> Xattrs.set(file, xattr.name(), xattr.value(), 0));
    Attributes.setTimes(file, 0, KEEP_TIME, node.mtimeSeconds(), node.mtimeNanos());
  }

  private interface Setter {
    void set(Xattr xattr) throws LinuxException;
  }

  private void setAll(List<Xattr> xattrs, Setter setter) throws IOException {
    for (Xattr xattr : xattrs) {
      try {
        setter.set(xattr);
      } catch (LinuxException e) {
        if (!e.isErrno(Errno.EPERM) || isRoot()) {
          throw e;
        }
        xattrsLeftOut.incrementAndGet();
      }
    }
  }
}
