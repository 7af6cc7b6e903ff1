package io.snapfs.format.unpack;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.manifest.DirectoryEntry;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mode;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the names of a tree, depth first, and has the contents written. A directory gets its own
 * attributes after everything in it was made, since making things changes its times, and its
 * permissions might forbid it. For one thread and one run.
 */
final class TreeWriter {
  private final Manifest manifest;
  private final ContentWriter contents;
  private final AttributeWriter attributes = new AttributeWriter();

  /** First names of nodes that have several: the path from the root, a name each. */
  private final Map<Integer, List<byte[]>> linked = new HashMap<>();

  private final List<byte[]> path = new ArrayList<>();
  private Fd root;
  private long files;
  private long logicalBytes;
  private long devicesLeftOut;

  TreeWriter(Manifest manifest, ContentWriter contents) {
    this.manifest = manifest;
    this.contents = contents;
  }

  /**
   * Writes everything into {@code root}, an empty directory that is called {@code name} in {@code
   * parent}.
   */
  void write(Fd parent, byte[] name, Fd root) throws IOException {
    this.root = root;
    Node node = manifest.node(0);
    if (!node.isDirectory()) {
      throw new CorruptException(manifest.resource(), -1, "node 0 is not a directory");
    }
    writeEntries(root, node);
    contents.finish();
    attributes.apply(parent, name, node, manifest.xattrs(node));
  }

  UnpackResult result() {
    return new UnpackResult(
        files,
        logicalBytes,
        attributes.ownersLeftOut(),
        devicesLeftOut,
        attributes.xattrsLeftOut());
  }

  private void writeEntries(Fd dir, Node node) throws IOException {
    if (path.size() > Limits.MAX_DEPTH) {
      throw new CorruptException(
          manifest.resource(), -1, "directories are nested deeper than " + Limits.MAX_DEPTH);
    }
    List<DirectoryEntry> directories = new ArrayList<>();
    for (int i = 0; i < node.count(); i++) {
      DirectoryEntry entry = manifest.entry(node, node.first() + i);
      if (manifest.node(entry.node()).isDirectory()) {
        directories.add(entry);
      } else {
        writeLeaf(dir, entry);
      }
    }
    for (DirectoryEntry entry : directories) {
      writeDirectory(dir, entry);
    }
  }

  private void writeDirectory(Fd parent, DirectoryEntry entry) throws IOException {
    Node node = manifest.node(entry.node());
    Entries.mkdir(parent, entry.name(), 0700);
    path.add(entry.name());
    try (Fd dir = Open.directory(parent, entry.name())) {
      writeEntries(dir, node);
    }
    path.remove(path.size() - 1);
    attributes.apply(parent, entry.name(), node, manifest.xattrs(node));
  }

  private void writeLeaf(Fd dir, DirectoryEntry entry) throws IOException {
    Node node = manifest.node(entry.node());
    if (node.linkCount() > 1) {
      List<byte[]> first = linked.get(entry.node());
      if (first != null) {
        link(first, dir, entry.name());
        return;
      }
      List<byte[]> here = new ArrayList<>(path);
      here.add(entry.name());
      linked.put(entry.node(), here);
    }
    if (node.isRegular()) {
      writeFile(dir, entry.name(), node);
    } else if (node.isSymlink()) {
      Entries.symlink(manifest.symlinkTarget(node), dir, entry.name());
      attributes.apply(dir, entry.name(), node, manifest.xattrs(node));
    } else {
      writeSpecial(dir, entry.name(), node);
    }
  }

  private void writeFile(Fd dir, byte[] name, Node node) throws IOException {
    Fd file = Open.at(dir, name, Open.O_RDWR | Open.O_CREAT | Open.O_EXCL | Open.O_NOFOLLOW, 0600);
    files++;
    logicalBytes += node.size();
    try {
      // By name and now; the kernel drops set-id bits and capabilities, which come last.
      attributes.applyOwner(dir, name, node);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    contents.write(file, node, open -> attributes.applyToFile(open, node, manifest.xattrs(node)));
  }

  private void writeSpecial(Fd dir, byte[] name, Node node) throws IOException {
    try {
      Entries.mknod(
          dir, name, Mode.type(node.mode()) | 0600, node.deviceMajor(), node.deviceMinor());
    } catch (LinuxException e) {
      if (e.isErrno(Errno.EPERM) && !AttributeWriter.isRoot()) {
        devicesLeftOut++;
        return;
      }
      throw e;
    }
    attributes.apply(dir, name, node, manifest.xattrs(node));
  }

  private void link(List<byte[]> first, Fd dir, byte[] name) throws IOException {
    List<Fd> opened = new ArrayList<>();
    try {
      Fd at = root;
      for (byte[] component : first.subList(0, first.size() - 1)) {
        at = Open.directory(at, component);
        opened.add(at);
      }
      Entries.link(at, first.get(first.size() - 1), dir, name);
    } finally {
      Collections.reverse(opened);
      opened.forEach(Fd::close);
    }
  }
}
