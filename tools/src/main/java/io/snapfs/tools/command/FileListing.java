package io.snapfs.tools.command;

import io.snapfs.format.manifest.DirectoryEntry;
import io.snapfs.format.manifest.FileType;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Every name in an artifact, parents before children, in the order of the names' bytes. Memory is
 * bounded by the depth of the tree.
 */
final class FileListing {
  /** The year 9999: beyond it, seconds are shown as a number. */
  private static final long MAX_SECONDS = 253_402_300_800L;

  private final Manifest manifest;

  FileListing(Manifest manifest) {
    this.manifest = manifest;
  }

  /** Takes names as the walk comes to them. */
  @FunctionalInterface
  private interface Visitor {
    void visit(byte[] path, Node node) throws IOException;
  }

  void print(Console console) throws IOException {
    console.print("");
    walk(
        (path, node) ->
            console.print(
                "%s %6o %5d:%-5d %10s  %s  %s%s"
                    .formatted(
                        letter(node),
                        node.permissions(),
                        Integer.toUnsignedLong(node.uid()),
                        Integer.toUnsignedLong(node.gid()),
                        Text.size(node.size()),
                        time(node),
                        Manifest.display(path),
                        node.isSymlink()
                            ? " -> " + Manifest.display(manifest.symlinkTarget(node))
                            : "")));
  }

  void write(Json out) throws IOException {
    out.array("files", array -> walk((path, node) -> array.add(json -> write(json, path, node))));
  }

  private void write(Json json, byte[] path, Node node) throws IOException {
    json.put("path", Manifest.display(path));
    json.put("type", typeName(node));
    json.put("inode", node.index() + 1L);
    json.put("mode", "%04o".formatted(node.permissions()));
    json.put("uid", Integer.toUnsignedLong(node.uid()));
    json.put("gid", Integer.toUnsignedLong(node.gid()));
    json.put("size", node.size());
    json.put("mtime_seconds", node.mtimeSeconds());
    json.put("mtime_nanos", node.mtimeNanos());
    json.put("part", manifest.parts().get(node.part()).type().label());
    if (node.isSymlink()) {
      json.put("target", Manifest.display(manifest.symlinkTarget(node)));
    }
  }

  private void walk(Visitor visitor) throws IOException {
    Deque<Level> levels = new ArrayDeque<>();
    levels.push(new Level(new byte[0], manifest.node(0)));
    while (!levels.isEmpty()) {
      Level level = levels.peek();
      if (level.next == level.directory.count()) {
        levels.pop();
        continue;
      }
      DirectoryEntry entry =
          manifest.entry(level.directory, level.directory.first() + level.next++);
      byte[] path = join(level.path, entry.name());
      Node node = manifest.node(entry.node());
      visitor.visit(path, node);
      if (node.isDirectory()) {
        levels.push(new Level(path, node));
      }
    }
  }

  /** A directory that the walk is in. */
  private static final class Level {
    private final byte[] path;
    private final Node directory;
    private int next;

    Level(byte[] path, Node directory) {
      this.path = path;
      this.directory = directory;
    }
  }

  private static byte[] join(byte[] directory, byte[] name) {
    if (directory.length == 0) {
      return name;
    }
    ByteArrayOutputStream path = new ByteArrayOutputStream(directory.length + 1 + name.length);
    path.writeBytes(directory);
    path.write('/');
    path.writeBytes(name);
    return path.toByteArray();
  }

  private static String typeName(Node node) {
    return switch (node.type()) {
      case FileType.REGULAR -> "file";
      case FileType.DIRECTORY -> "directory";
      case FileType.SYMLINK -> "symlink";
      case FileType.CHARACTER_DEVICE -> "character-device";
      case FileType.BLOCK_DEVICE -> "block-device";
      case FileType.FIFO -> "fifo";
      case FileType.SOCKET -> "socket";
      default -> "unknown";
    };
  }

  /** As in the first column of {@code ls -l}. */
  private static char letter(Node node) {
    return switch (node.type()) {
      case FileType.REGULAR -> '-';
      case FileType.DIRECTORY -> 'd';
      case FileType.SYMLINK -> 'l';
      case FileType.CHARACTER_DEVICE -> 'c';
      case FileType.BLOCK_DEVICE -> 'b';
      case FileType.FIFO -> 'p';
      case FileType.SOCKET -> 's';
      default -> '?';
    };
  }

  /** A time from a manifest may be any number of seconds. */
  private static String time(Node node) {
    long seconds = node.mtimeSeconds();
    boolean common = seconds > -MAX_SECONDS && seconds < MAX_SECONDS;
    return common ? Text.time(seconds * 1000) : seconds + " s";
  }
}
