package io.snapfs.restore.restore;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.manifest.DirectoryEntry;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.OpenFile;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.PageAligned;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the folder of images that CRIU reads: small images are copied, large ones are links into a
 * mount of the store. For one thread.
 */
final class ImagesFolder {
  /** Longest image that is copied: the time that one read through a mount takes. */
  private static final int MOST_COPIED = 1 << 20;

  /** Enough for all images of most processes. */
  private static final int FIRST_BUFFER = 64 << 10;

  /** The image that names the files which the processes have open or map. */
  static final String FILES = "files.img";

  private static final byte[] PROCESS_TREE = ascii("pstree.img");
  private static final byte[] PARENT = ascii("parent");
  private static final int DEEPEST = 16;

  private final ArtifactReader reader;
  private final Manifest manifest;
  private ByteBuffer buffer = PageAligned.allocate(FIRST_BUFFER);
  private Node folder;

  ImagesFolder(ArtifactReader reader) {
    this.reader = reader;
    this.manifest = reader.manifest();
  }

  /**
   * Fills the folder with the images of the artifact's dump.
   *
   * @param target an empty folder
   * @param mounted where the artifact's tree is seen; null unless it {@link #needsMount}
   * @throws MissingException if the artifact has no CRIU images
   */
  void fill(Path target, Path mounted) throws IOException {
    Node images = find();
    byte[] below = mounted == null ? null : Names.of(mounted.toString());
    try (Fd dir = Open.directory(Fd.CWD, Names.of(target.toString()))) {
      for (long i = 0; i < images.count(); i++) {
        DirectoryEntry entry = manifest.entry(images, images.first() + i);
        Node node = manifest.node(entry.node());
        if (isCopied(node)) {
          copy(node, dir, entry.name());
        } else if (isLinked(node, entry)) {
          Entries.symlink(join(below, manifest.path(entry.node())), dir, entry.name());
        }
      }
    }
  }

  /**
   * What a small file beside the images holds.
   *
   * @return empty if there is none, or a longer one than is copied
   */
  byte[] content(String name) throws IOException {
    int found = manifest.lookup(find(), ascii(name));
    Node node = found < 0 ? null : manifest.node(found);
    if (node == null || !node.isRegular() || node.size() > MOST_COPIED) {
      return new byte[0];
    }
    byte[] bytes = new byte[(int) node.size()];
    read(node, ascii(name)).get(bytes);
    return bytes;
  }

  /** Whether an image is to be a link, so that the mount must be there when CRIU reads it. */
  boolean needsMount() throws IOException {
    Node images = find();
    for (long i = 0; i < images.count(); i++) {
      DirectoryEntry entry = manifest.entry(images, images.first() + i);
      if (isLinked(manifest.node(entry.node()), entry)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCopied(Node node) {
    return node.isRegular() && node.size() <= MOST_COPIED;
  }

  private static boolean isLinked(Node node, DirectoryEntry entry) {
    return !isCopied(node) && (node.isRegular() || Arrays.equals(entry.name(), PARENT));
  }

  private Node find() throws IOException {
    if (folder == null) {
      folder = search();
    }
    return folder;
  }

  private Node search() throws IOException {
    List<Node> found = new ArrayList<>();
    search(manifest.node(0), 0, found);
    if (found.isEmpty()) {
      throw new MissingException(
          "the artifact holds no process: no folder of it has a pstree.img. Pack the folder that"
              + " 'criu dump' wrote, or use 'snapfs checkpoint'");
    }
    if (found.size() > 1) {
      throw new SnapfsException(
          "the artifact holds several dumps, in '"
              + Manifest.display(manifest.path(found.get(0).index()))
              + "' and '"
              + Manifest.display(manifest.path(found.get(1).index()))
              + "' for instance: pack each as an artifact of its own");
    }
    return found.get(0);
  }

  private void search(Node directory, int depth, List<Node> found) throws IOException {
    if (manifest.lookup(directory, PROCESS_TREE) >= 0) {
      found.add(directory);
    }
    for (long i = 0; i < directory.count() && depth < DEEPEST && found.size() < 2; i++) {
      Node node = manifest.node(manifest.entry(directory, directory.first() + i).node());
      if (node.isDirectory()) {
        search(node, depth + 1, found);
      }
    }
  }

  /** A whole file, in the buffer that is used again for the next one. */
  private ByteBuffer read(Node node, byte[] name) throws IOException {
    if (node.size() > buffer.capacity()) {
      buffer = PageAligned.allocate(MOST_COPIED);
    }
    ByteBuffer content = buffer.clear().limit((int) node.size());
    try (OpenFile file = reader.open(node.index())) {
      while (content.hasRemaining()) {
        if (file.read(content.position(), content) <= 0) {
          throw new CorruptException(
              manifest.resource(), -1, Manifest.display(name) + " ends before its size");
        }
      }
    }
    return content.flip();
  }

  private void copy(Node node, Fd dir, byte[] name) throws IOException {
    ByteBuffer content = read(node, name);
    int flags = Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL | Open.O_NOFOLLOW;
    try (Fd copy = Open.at(dir, name, flags, 0600)) {
      FileIo.pwriteFully(copy, content, 0);
    }
  }

  private static byte[] join(byte[] folder, byte[] path) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(folder);
    joined.write('/');
    joined.writeBytes(path);
    return joined.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
