package io.snapfs.restore.criu;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.manifest.DirectoryEntry;
import io.snapfs.format.manifest.FileType;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Images in a folder of an artifact. It stays usable as long as the reader is open. */
public final class ArtifactFolder implements ImageFolder {
  /** Only the last of a chain of dumps has it. */
  private static final byte[] PROCESS_TREE = ProcessTree.FILE.getBytes(StandardCharsets.US_ASCII);

  private static final int DEEPEST = 16;

  private final ArtifactReader reader;
  private final Manifest manifest;
  private final Node folder;

  private ArtifactFolder(ArtifactReader reader, Node folder) {
    this.reader = reader;
    this.manifest = reader.manifest();
    this.folder = folder;
  }

  /**
   * Finds the folder whose processes can be restored.
   *
   * @throws MissingException if the artifact has none
   * @throws SnapfsException if it has several
   */
  public static ArtifactFolder find(ArtifactReader reader) throws IOException {
    Manifest manifest = reader.manifest();
    List<ArtifactFolder> found = new ArrayList<>();
    search(reader, manifest.node(0), 0, found);
    if (found.isEmpty()) {
      throw new MissingException(
          manifest.resource()
              + " holds no CRIU images: no folder of it has a "
              + ProcessTree.FILE
              + ". Pack the folder that 'criu dump' wrote");
    }
    if (found.size() > 1) {
      throw new SnapfsException(
          manifest.resource()
              + " holds several CRIU dumps, "
              + found.get(0).describe("")
              + " and "
              + found.get(1).describe("")
              + " for instance; pack each as an artifact of its own");
    }
    return found.get(0);
  }

  private static void search(
      ArtifactReader reader, Node directory, int depth, List<ArtifactFolder> found)
      throws IOException {
    Manifest manifest = reader.manifest();
    if (manifest.lookup(directory, PROCESS_TREE) >= 0) {
      found.add(new ArtifactFolder(reader, directory));
    }
    for (long i = 0; i < directory.count() && depth < DEEPEST && found.size() < 2; i++) {
      DirectoryEntry entry = manifest.entry(directory, directory.first() + i);
      if (entry.type() == FileType.DIRECTORY) {
        search(reader, manifest.node(entry.node()), depth + 1, found);
      }
    }
  }

  @Override
  public ByteBuffer read(String name) throws IOException {
    Node file = regular(name);
    if (file.size() > MOST_IMAGE) {
      throw new CorruptException(
          describe(name), -1, "it has " + file.size() + " bytes, too many for an image");
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) file.size());
    try (OpenFile open = reader.open(file.index())) {
      while (bytes.hasRemaining()) {
        open.read(bytes.position(), bytes);
      }
    }
    return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    for (long i = 0; i < folder.count(); i++) {
      byte[] name = manifest.entry(folder, folder.first() + i).name();
      names.add(new String(name, StandardCharsets.ISO_8859_1));
    }
    return names;
  }

  @Override
  public PagesFile pages(String name) throws IOException {
    Node file = regular(name);
    return new PagesFile(file.index(), file.size(), describe(name));
  }

  @Override
  public ImageFolder parent() throws IOException {
    int link = manifest.lookup(folder, "parent".getBytes(StandardCharsets.US_ASCII));
    if (link < 0) {
      throw new MissingException("there is no " + describe("parent"));
    }
    Node node = manifest.node(link);
    if (node.isSymlink()) {
      node = follow(new String(manifest.symlinkTarget(node), StandardCharsets.ISO_8859_1));
    }
    if (!node.isDirectory()) {
      throw new MissingException(describe("parent") + " is no link to a folder");
    }
    return new ArtifactFolder(reader, node);
  }

  /** The node that a relative path leads to; links on the way aren't followed. */
  private Node follow(String target) throws IOException {
    Node at = folder;
    if (target.startsWith("/")) {
      throw outside(target);
    }
    for (String name : target.split("/+", -1)) {
      if (name.equals("..")) {
        if (at.index() == 0) {
          throw outside(target);
        }
        at = manifest.node(at.parent());
      } else if (!name.isEmpty() && !name.equals(".")) {
        int next =
            at.isDirectory() ? manifest.lookup(at, name.getBytes(StandardCharsets.ISO_8859_1)) : -1;
        if (next < 0) {
          throw outside(target);
        }
        at = manifest.node(next);
      }
    }
    return at;
  }

  private MissingException outside(String target) {
    return new MissingException(
        describe("parent")
            + " leads to "
            + Manifest.display(target.getBytes(StandardCharsets.ISO_8859_1))
            + ", which is not in the artifact. Pack the folder that holds all dumps of the chain");
  }

  private Node regular(String name) throws IOException {
    int index = manifest.lookup(folder, name.getBytes(StandardCharsets.US_ASCII));
    if (index < 0) {
      throw new MissingException("there is no " + describe(name));
    }
    Node node = manifest.node(index);
    if (!node.isRegular()) {
      throw new CorruptException(describe(name), -1, "it is no regular file");
    }
    return node;
  }

  @Override
  public String describe(String name) {
    String path;
    try {
      path = Manifest.display(manifest.path(folder.index()));
    } catch (IOException e) {
      path = "(node " + folder.index() + ")";
    }
    String separator = path.isEmpty() || name.isEmpty() ? "" : "/";
    return path + separator + name + " of " + manifest.resource();
  }
}
