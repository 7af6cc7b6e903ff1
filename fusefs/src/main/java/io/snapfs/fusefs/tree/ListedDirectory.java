package io.snapfs.fusefs.tree;

import io.snapfs.fusefs.view.DirectoryHandle;
import io.snapfs.linux.DirEntry;
import io.snapfs.linux.Names;
import java.util.List;

/**
 * An open directory above the artifacts: the names, or the tags of a name, as they were at open.
 */
final class ListedDirectory implements DirectoryHandle {
  /** One directory in it. */
  record Child(String name, long ino) {}

  private final long ino;
  private final List<Child> children;

  ListedDirectory(long ino, List<Child> children) {
    this.ino = ino;
    this.children = children;
  }

  @Override
  public void read(long cookie, EntrySink sink) {
    long next = Dots.read(cookie, ino, StoreTree.ROOT, sink);
    for (long i = next - Dots.COUNT; i >= 0 && i < children.size(); i++) {
      Child child = children.get((int) i);
      long behind = i + Dots.COUNT + 1;
      if (!sink.accept(Names.of(child.name), child.ino, DirEntry.DT_DIR, behind)) {
        return;
      }
    }
  }

  @Override
  public void close() {}
}
