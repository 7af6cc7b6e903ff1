package io.snapfs.restore.rootfs;

import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Attributes;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mode;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import io.snapfs.linux.Xattrs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Applies a tar of an overlayfs upper layer to a root filesystem.
 *
 * <ul>
 *   <li>A character device 0/0, and a file {@code .wh.NAME}, delete what has the name.
 *   <li>A directory with {@code trusted.overlay.opaque} (or {@code user.}), and one that holds
 *       {@code .wh..wh..opq}, loses all that the diff does not have itself.
 *   <li>Everything else replaces what has its name; directories are kept if they are there. Files
 *       appear whole.
 *   <li>Owner, permissions, extended attributes and times (to the nanosecond) are those of the tar.
 * </ul>
 *
 * <p>For one thread. If it fails half-way, the same diff may be applied again.
 */
public final class RootfsDiff implements AutoCloseable {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE_FILE = ".wh..wh..opq";
  private static final List<String> OVERLAY = List.of("trusted.overlay.", "user.overlay.");
  private static final byte[] TEMPORARY = Target.bytes(".snapfs-rootfs.tmp");
  private static final int BUFFER = 1 << 20;

  /** A directory whose attributes are set when all is in it. */
  private record Finished(List<String> names, TarEntry entry) {}

  private final Target target;
  private final Set<String> written = new HashSet<>();
  private final List<Finished> directories = new ArrayList<>();
  private final byte[] bytes = new byte[BUFFER];
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private long entries;

  /**
   * Opens a root filesystem.
   *
   * @throws SnapfsException if it is no directory
   */
  public RootfsDiff(Path folder) throws IOException {
    this.target = new Target(folder);
  }

  /**
   * Deletes a file or a directory with all below it, if it is there.
   *
   * @param path from the root, one char a byte
   */
  public void delete(String path) throws IOException {
    List<String> names = Target.names(path);
    if (names.isEmpty()) {
      throw new SnapfsException("the diff would delete the root filesystem itself");
    }
    try (Fd dir = target.directory(above(names), false)) {
      if (dir != null) {
        Target.remove(dir, last(names));
      }
    }
  }

  /**
   * Applies a tar.
   *
   * @param tar stays the caller's
   * @param resource the tar, for messages
   * @return how many entries it had
   * @throws io.snapfs.format.CorruptException if it is damaged
   * @throws SnapfsException if it has what can't be applied
   */
  public long apply(InputStream tar, String resource) throws IOException {
    TarReader reader = new TarReader(tar, resource);
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      entries++;
      apply(entry, reader);
    }
    for (int i = directories.size() - 1; i >= 0; i--) {
      Finished each = directories.get(i);
      try (Fd dir = target.directory(each.names, false)) {
        if (dir != null) {
          finishDirectory(dir, each.entry);
        }
      }
    }
    return entries;
  }

  private void apply(TarEntry entry, TarReader content) throws IOException {
    List<String> names = Target.names(entry.path());
    refuseRedirected(entry);
    if (names.isEmpty()) {
      if (entry.type() == TarEntry.DIRECTORY) {
        directory(names, entry);
      }
      return;
    }
    String name = names.get(names.size() - 1);
    try (Fd dir = target.directory(above(names), true)) {
      if (name.equals(OPAQUE_FILE)) {
        Target.clear(dir, each -> isWritten(above(names), each));
      } else if (name.startsWith(WHITEOUT)) {
        Target.remove(dir, Target.bytes(checked(name.substring(WHITEOUT.length()), entry)));
      } else if (isDeletion(entry)) {
        Target.remove(dir, last(names));
      } else {
        remember(names);
        make(dir, names, entry, content);
      }
    }
  }

  private static String checked(String name, TarEntry entry) throws SnapfsException {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw new SnapfsException("the diff has '" + entry.path() + "', which deletes nothing");
    }
    return name;
  }

  private static boolean isDeletion(TarEntry entry) {
    return entry.type() == TarEntry.CHARACTER_DEVICE && entry.major() == 0 && entry.minor() == 0;
  }

  private static void refuseRedirected(TarEntry entry) throws SnapfsException {
    for (String prefix : OVERLAY) {
      for (String what : List.of("redirect", "metacopy")) {
        if (entry.xattrs().containsKey(prefix + what)) {
          throw new SnapfsException(
              "the diff has '"
                  + entry.path()
                  + "', whose content is elsewhere ("
                  + prefix
                  + what
                  + "): make the diff of an overlay with redirect_dir=off and metacopy=off");
        }
      }
    }
  }

  private void make(Fd dir, List<String> names, TarEntry entry, TarReader content)
      throws IOException {
    byte[] name = last(names);
    switch (entry.type()) {
      case TarEntry.DIRECTORY -> {
        Stat before = Target.stat(dir, name);
        if (before == null || !before.isDirectory()) {
          Target.remove(dir, name);
          Entries.mkdir(dir, name, 0700);
        }
        directory(names, entry);
      }
      case TarEntry.FILE -> {
        removeDirectory(dir, name);
        file(dir, name, entry, content);
      }
      case TarEntry.HARD_LINK -> link(dir, name, entry);
      case TarEntry.SYMLINK -> {
        Target.remove(dir, name);
        Entries.symlink(Target.bytes(entry.link()), dir, name);
        finish(dir, name, entry);
      }
      case TarEntry.CHARACTER_DEVICE, TarEntry.BLOCK_DEVICE, TarEntry.FIFO -> {
        Target.remove(dir, name);
        int kind =
            switch (entry.type()) {
              case TarEntry.FIFO -> Mode.S_IFIFO;
              case TarEntry.BLOCK_DEVICE -> Mode.S_IFBLK;
              default -> Mode.S_IFCHR;
            };
        Entries.mknod(dir, name, kind | 0600, entry.major(), entry.minor());
        finish(dir, name, entry);
      }
      default ->
          throw new SnapfsException(
              "the diff has '" + entry.path() + "' of the unknown kind '" + entry.type() + "'");
    }
  }

  private void directory(List<String> names, TarEntry entry) throws IOException {
    boolean opaque = false;
    for (String prefix : OVERLAY) {
      byte[] value = entry.xattrs().get(prefix + "opaque");
      opaque |= value != null && value.length == 1 && value[0] == 'y';
    }
    if (opaque) {
      try (Fd dir = target.directory(names, false)) {
        Target.clear(dir, each -> isWritten(names, each));
      }
    }
    directories.add(new Finished(names, entry));
  }

  private static void removeDirectory(Fd dir, byte[] name) throws LinuxException {
    Stat before = Target.stat(dir, name);
    if (before != null && before.isDirectory()) {
      Target.remove(dir, name);
    }
  }

  private void file(Fd dir, byte[] name, TarEntry entry, TarReader content) throws IOException {
    Target.remove(dir, TEMPORARY); // of a run that was killed
    int flags = Open.O_WRONLY | Open.O_CREAT | Open.O_EXCL | Open.O_NOFOLLOW;
    boolean done = false;
    try (Fd file = Open.at(dir, TEMPORARY, flags, 0600)) {
      long at = 0;
      for (int count = content.read(bytes); count > 0; count = content.read(bytes)) {
        buffer.clear().put(bytes, 0, count).flip();
        FileIo.pwriteFully(file, buffer, at);
        at += count;
      }
      finish(dir, TEMPORARY, entry);
      Entries.rename(dir, TEMPORARY, dir, name);
      done = true;
    } finally {
      if (!done) {
        Target.remove(dir, TEMPORARY);
      }
    }
  }

  private void link(Fd dir, byte[] name, TarEntry entry) throws IOException {
    List<String> to = Target.names(entry.link());
    try (Fd other = to.isEmpty() ? null : target.directory(above(to), false)) {
      Stat stat = other == null ? null : Target.stat(other, last(to));
      if (stat == null || stat.isDirectory()) {
        throw new SnapfsException(
            "the diff has '"
                + entry.path()
                + "' as a link to '"
                + entry.link()
                + "', which is no file of the root filesystem");
      }
      Stat before = Target.stat(dir, name);
      if (before != null && before.isSameFile(stat)) {
        return;
      }
      Target.remove(dir, name);
      Entries.link(other, last(to), dir, name);
    }
  }

  private static void finishDirectory(Fd dir, TarEntry entry) throws LinuxException {
    Attributes.chown(dir, Target.bytes("."), entry.uid(), entry.gid());
    Attributes.chmod(dir, entry.mode());
    setXattrs(entry.xattrs(), Xattrs.pathIn(dir, Target.bytes(".")));
    Attributes.setTimes(dir, 0, Attributes.UTIME_OMIT, entry.seconds(), entry.nanos());
  }

  private static void finish(Fd dir, byte[] name, TarEntry entry) throws LinuxException {
    // Before the permissions: the kernel clears set-id bits.
    Attributes.chown(dir, name, entry.uid(), entry.gid());
    if (entry.type() != TarEntry.SYMLINK) {
      Attributes.chmod(dir, name, entry.mode());
    }
    setXattrs(entry.xattrs(), Xattrs.pathIn(dir, name));
    Attributes.setTimes(dir, name, 0, Attributes.UTIME_OMIT, entry.seconds(), entry.nanos());
  }

  private static void setXattrs(Map<String, byte[]> xattrs, byte[] path) throws LinuxException {
    for (Map.Entry<String, byte[]> each : xattrs.entrySet()) {
      if (OVERLAY.stream().noneMatch(prefix -> each.getKey().startsWith(prefix))) {
        Xattrs.set(path, Target.bytes(each.getKey()), each.getValue(), 0);
      }
    }
  }

  private void remember(List<String> names) {
    for (int i = 1; i <= names.size(); i++) {
      written.add(String.join("/", names.subList(0, i)));
    }
  }

  private boolean isWritten(List<String> folder, String name) {
    return written.contains(folder.isEmpty() ? name : String.join("/", folder) + "/" + name);
  }

  private static List<String> above(List<String> names) {
    return names.subList(0, names.size() - 1);
  }

  private static byte[] last(List<String> names) {
    return Target.bytes(names.get(names.size() - 1));
  }

  @Override
  public void close() {
    target.close();
  }
}
