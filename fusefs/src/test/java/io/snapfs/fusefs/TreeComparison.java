package io.snapfs.fusefs;

import io.snapfs.linux.DirEntry;
import io.snapfs.linux.Directory;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import io.snapfs.linux.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares two trees with system calls only, so that names stay bytes: kinds, names, modes, owners,
 * times, links, nodes, xattrs and contents. What differs is collected as text.
 */
final class TreeComparison {
  /** Of files longer than this, only the ends are compared. */
  private static final long COMPARED_WHOLE = 64 << 20;

  private static final int BUFFER = 1 << 20;

  private final List<String> differences = new ArrayList<>();
  private final Map<Long, Long> inoOfSource = new HashMap<>();
  private final ByteBuffer expected = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer actual = ByteBuffer.allocateDirect(BUFFER);

  private TreeComparison() {}

  static List<String> differences(Path source, Path copy) throws IOException {
    TreeComparison comparison = new TreeComparison();
    try (Fd a = Open.directory(Fd.CWD, Names.of(source.toString()));
        Fd b = Open.directory(Fd.CWD, Names.of(copy.toString()))) {
      comparison.attributes("", Stat.fstat(a), Stat.fstat(b));
      comparison.directories("", a, b);
    }
    return comparison.differences;
  }

  private void directories(String path, Fd a, Fd b) throws IOException {
    Map<String, DirEntry> ofA = entries(a);
    Map<String, DirEntry> ofB = entries(b);
    check(path, "entries", ofA.keySet(), ofB.keySet());
    for (Map.Entry<String, DirEntry> entry : ofA.entrySet()) {
      DirEntry other = ofB.get(entry.getKey());
      if (other != null) {
        String below = path + "/" + entry.getKey();
        check(below, "type of entry", entry.getValue().type(), other.type());
        file(below, a, b, other.name(), other.ino());
      }
    }
  }

  private static Map<String, DirEntry> entries(Fd directory) throws LinuxException {
    List<DirEntry> entries = Directory.list(directory);
    entries.sort(Comparator.comparing(entry -> Names.printable(entry.name())));
    Map<String, DirEntry> map = new TreeMap<>();
    for (DirEntry entry : entries) {
      if (map.put(Names.printable(entry.name()), entry) != null) {
        throw new AssertionError("twice in a directory: " + entry);
      }
    }
    return map;
  }

  private void file(String path, Fd a, Fd b, byte[] name, long listedIno) throws IOException {
    Stat ofA = Stat.lstatAt(a, name);
    Stat ofB = Stat.lstatAt(b, name);
    attributes(path, ofA, ofB);
    check(path, "inode number", listedIno, ofB.ino());
    Long sameFile = inoOfSource.putIfAbsent(ofA.ino(), ofB.ino());
    check(path, "inode of hard link", sameFile == null ? ofB.ino() : sameFile, ofB.ino());
    check(path, "xattrs", xattrs(a, name), xattrs(b, name));
    if (ofA.isSymlink()) {
      check(path, "target", hex(Entries.readLink(a, name)), hex(Entries.readLink(b, name)));
    } else if (ofA.isDirectory()) {
      try (Fd belowA = Open.directory(a, name);
          Fd belowB = Open.directory(b, name)) {
        directories(path, belowA, belowB);
      }
    } else if (ofA.isRegular()) {
      contents(path, a, b, name, ofA.size());
    }
  }

  private void attributes(String path, Stat a, Stat b) {
    check(path, "mode", Integer.toOctalString(a.mode()), Integer.toOctalString(b.mode()));
    check(path, "uid", a.uid(), b.uid());
    check(path, "gid", a.gid(), b.gid());
    check(path, "mtime", a.mtimeSec() + "." + a.mtimeNsec(), b.mtimeSec() + "." + b.mtimeNsec());
    check(path, "device", a.rdevMajor() + ":" + a.rdevMinor(), b.rdevMajor() + ":" + b.rdevMinor());
    check(path, "links", a.nlink(), b.nlink());
    if (!a.isDirectory()) {
      check(path, "size", a.size(), b.size());
    }
  }

  private static Map<String, String> xattrs(Fd directory, byte[] name) throws LinuxException {
    byte[] path = Xattrs.pathIn(directory, name);
    Map<String, String> xattrs = new TreeMap<>();
    for (byte[] xattr : Xattrs.list(path)) {
      xattrs.put(Names.printable(xattr), hex(Xattrs.get(path, xattr)));
    }
    return xattrs;
  }

  private void contents(String path, Fd a, Fd b, byte[] name, long size) throws IOException {
    try (Fd fileA = Open.at(a, name, Open.O_RDONLY);
        Fd fileB = Open.at(b, name, Open.O_RDONLY)) {
      for (long at = 0; at < size; at += BUFFER) {
        if (at >= COMPARED_WHOLE && at < size - BUFFER) {
          at = (size - 1) / BUFFER * BUFFER;
        }
        int length = (int) Math.min(BUFFER, size - at);
        FileIo.preadFully(fileA, expected.clear().limit(length), at);
        FileIo.preadFully(fileB, actual.clear().limit(length), at);
        int mismatch = expected.flip().mismatch(actual.flip());
        if (mismatch >= 0) {
          differences.add(path + ": contents differ at " + (at + mismatch));
          return;
        }
      }
    }
  }

  private void check(String path, String what, Object a, Object b) {
    if (!a.equals(b)) {
      differences.add(path + ": " + what + " is " + b + ", expected " + a);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
