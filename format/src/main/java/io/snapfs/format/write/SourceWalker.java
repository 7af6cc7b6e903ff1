package io.snapfs.format.write;

import io.snapfs.format.Limits;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.manifest.ManifestBuilder;
import io.snapfs.format.manifest.NodeAttributes;
import io.snapfs.format.manifest.Xattr;
import io.snapfs.linux.DirEntry;
import io.snapfs.linux.Directory;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks the source tree, fills the manifest's tables of nodes and names, and feeds the contents of
 * regular files. Goes down through directory descriptors, so no path is too long and a renamed
 * parent leads nowhere else. A directory's files come before its subdirectories, all sorted by
 * name. For one thread.
 */
final class SourceWalker {
  private final ManifestBuilder builder;
  private final FileFeeder feeder;
  private final PartClassifier classifier;
  private final FileContents contents;
  private final Stat store;

  private final Map<PartClassifier.Part, Integer> parts = new HashMap<>();
  private final Map<FileKey, Integer> linked = new HashMap<>();

  /** Tells a file with several names from others. */
  private record FileKey(int devMajor, int devMinor, long ino) {
    static FileKey of(Stat stat) {
      return new FileKey(stat.devMajor(), stat.devMinor(), stat.ino());
    }
  }

  /** A name that was listed, and what it is. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Child(byte[] name, byte[] path, Stat stat, int node, boolean isFirstName) {}

  /**
   * @param store the store's own directory, which must not lie in the tree; null if it isn't a
   *     local one
   */
  SourceWalker(
      ManifestBuilder builder,
      FileFeeder feeder,
      PartClassifier classifier,
      FileContents contents,
      Stat store) {
    this.builder = builder;
    this.feeder = feeder;
    this.classifier = classifier;
    this.contents = contents;
    this.store = store;
    parts.put(PartClassifier.Part.OTHER, 0);
  }

  /** Walks everything below and including {@code root}. */
  void walk(Fd root) throws IOException {
    Stat stat = Stat.fstat(root);
    checkNotStore(root.path(), stat);
    byte[] top = new byte[0];
    int node = addNode(top, stat, null, XattrReader.of(root));
    walkDirectory(root, top, stat, node, 0);
  }

  private void walkDirectory(Fd dir, byte[] path, Stat before, int node, int depth)
      throws IOException {
    if (depth > Limits.MAX_DEPTH) {
      throw new SnapfsException(
          dir.path() + " lies deeper than " + Limits.MAX_DEPTH + " directories: too deep to pack");
    }
    List<Child> children = addChildren(dir, path, node);
    for (Child child : children) {
      if (child.stat.isRegular() && child.isFirstName) {
        packFile(dir, child);
      }
    }
    for (Child child : children) {
      if (child.stat.isDirectory()) {
        try (Fd sub = open(dir, child, Open.O_RDONLY | Open.O_DIRECTORY | Open.O_NOFOLLOW)) {
          walkDirectory(sub, child.path, child.stat, child.node, depth + 1);
        }
      }
    }
    if (!sameState(before, Stat.fstat(dir))) {
      throw new SourceChangedException(dir.path(), "got or lost entries");
    }
  }

  private List<Child> addChildren(Fd dir, byte[] path, int node) throws IOException {
    List<DirEntry> listed = Directory.list(dir);
    listed.sort((a, b) -> Arrays.compareUnsigned(a.name(), b.name()));
    List<Child> children = new ArrayList<>(listed.size());
    for (DirEntry entry : listed) {
      children.add(addChild(dir, path, entry.name()));
    }
    long first = 0;
    synchronized (builder) {
      for (int i = 0; i < children.size(); i++) {
        Child child = children.get(i);
        long index = builder.addEntry(child.name, child.stat.mode() >>> 12, child.node);
        first = i == 0 ? index : first;
      }
      builder.setDirectory(node, first, children.size());
    }
    return children;
  }

  private Child addChild(Fd dir, byte[] parentPath, byte[] name) throws IOException {
    Stat stat;
    try {
      stat = Stat.lstatAt(dir, name);
    } catch (LinuxException e) {
      throw explain(e, dir, name);
    }
    byte[] path = join(parentPath, name);
    if (stat.isDirectory()) {
      checkNotStore(dir.path() + "/" + Names.printable(name), stat);
    }
    boolean mayHaveOthers = !stat.isDirectory() && stat.nlink() > 1;
    Integer known = mayHaveOthers ? linked.get(FileKey.of(stat)) : null;
    if (known != null) {
      return new Child(name, path, stat, known, false);
    }
    byte[] target = stat.isSymlink() ? Entries.readLink(dir, name) : null;
    int node = addNode(path, stat, target, XattrReader.of(dir, name));
    if (mayHaveOthers) {
      linked.put(FileKey.of(stat), node);
    }
    return new Child(name, path, stat, node, true);
  }

  private int addNode(byte[] path, Stat stat, byte[] target, List<Xattr> xattrs)
      throws IOException {
    PartClassifier.Part part = classifier.classify(path);
    synchronized (builder) {
      Integer partIndex = parts.get(part);
      if (partIndex == null) {
        partIndex = builder.addPart(part.type(), Names.of(part.name()));
        parts.put(part, partIndex);
      }
      int node = builder.addNode(attributes(stat, partIndex, target));
      if (!xattrs.isEmpty()) {
        builder.setXattrs(node, xattrs);
      }
      return node;
    }
  }

  private static NodeAttributes attributes(Stat stat, int part, byte[] target) {
    return new NodeAttributes(
        stat.mode(),
        stat.uid(),
        stat.gid(),
        stat.isRegular() ? stat.size() : target != null ? target.length : 0,
        stat.mtimeSec(),
        stat.mtimeNsec(),
        stat.rdevMajor(),
        stat.rdevMinor(),
        part,
        target);
  }

  private void packFile(Fd dir, Child child) throws IOException {
    // O_NONBLOCK: if somebody put a fifo there since, opening it must not wait for a writer.
    try (Fd file = open(dir, child, Open.O_RDONLY | Open.O_NOFOLLOW | Open.O_NONBLOCK)) {
      Stat before = Stat.fstat(file);
      if (!before.isSameFile(child.stat) || !sameState(before, child.stat)) {
        throw new SourceChangedException(file.path(), "changed");
      }
      FileContents.Bytes elsewhere = contents.of(child.path);
      if (elsewhere == null) {
        feeder.feed(file, before, child.node);
      } else {
        feeder.feed(elsewhere, file.path(), before.size(), child.node);
      }
      if (!sameState(before, Stat.fstat(file))) {
        throw new SourceChangedException(file.path(), "changed");
      }
    }
  }

  private static boolean sameState(Stat a, Stat b) {
    return a.size() == b.size()
        && a.mtimeSec() == b.mtimeSec()
        && a.mtimeNsec() == b.mtimeNsec()
        && a.ctimeSec() == b.ctimeSec()
        && a.ctimeNsec() == b.ctimeNsec();
  }

  private static Fd open(Fd dir, Child child, int flags) throws IOException {
    try {
      try {
        return Open.at(dir, child.name, flags | Open.O_NOATIME);
      } catch (LinuxException e) {
        if (!e.isErrno(Errno.EPERM)) {
          throw e;
        }
        return Open.at(dir, child.name, flags); // somebody else's file: its atime changes
      }
    } catch (LinuxException e) {
      throw explain(e, dir, child.name);
    }
  }

  private static IOException explain(LinuxException e, Fd dir, byte[] name) {
    String path = dir.path() + "/" + Names.printable(name);
    if (e.isErrno(Errno.ENOENT) || e.isErrno(Errno.ELOOP) || e.isErrno(Errno.ENOTDIR)) {
      return new SourceChangedException(path, "vanished or was replaced");
    }
    if (e.isErrno(Errno.EACCES) || e.isErrno(Errno.EPERM)) {
      return new SnapfsException(
          path + " can't be read (" + e.errnoName() + "); pack as its owner or as root", e);
    }
    return new SnapfsException(path + " can't be read: " + e.getMessage(), e);
  }

  private void checkNotStore(String path, Stat stat) throws SnapfsException {
    if (store != null && stat.isSameFile(store)) {
      throw new SnapfsException(
          path
              + " is the store itself: it can't be packed into itself; put the store outside of the folder");
    }
  }

  private static byte[] join(byte[] parent, byte[] name) {
    if (parent.length == 0) {
      return name;
    }
    byte[] path = Arrays.copyOf(parent, parent.length + 1 + name.length);
    path[parent.length] = '/';
    System.arraycopy(name, 0, path, parent.length + 1, name.length);
    return path;
  }
}
