package io.snapfs.format.node;

import io.snapfs.linux.DirEntry;
import io.snapfs.linux.Directory;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import io.snapfs.linux.StatFs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a node's directory takes, as it is while the lock is held, and how room is made in it. To
 * look at it removes leftovers. Confined to the holder of the lock.
 */
final class Space {
  /** Files that were used so lately stay, in nanoseconds. */
  static final long YOUNG_NANOS = 60_000_000_000L;

  private static final Pattern ANNOUNCED = Pattern.compile("\\d{1,18}");
  private static final int BLOCK_UNIT = 512;
  private static final long NANOS = 1_000_000_000L;

  /** Left for others on the filesystem: a share of it, but not more than enough. */
  private static final int RESERVE_SHARE = 50;

  private static final long MOST_RESERVE = 1L << 30;

  /** A whole file. */
  record Present(FileKey key, Stat stat, long lastUseNanos) {
    long allocated() {
      return stat.blocks() * BLOCK_UNIT;
    }
  }

  private final NodeDirectory directory;
  private final List<Present> files = new ArrayList<>();
  private final List<FileKey> fillings = new ArrayList<>();
  private long used;
  private long announced; // of that, what fillers will still write
  private long evicted;

  private Space(NodeDirectory directory) {
    this.directory = directory;
  }

  /** Looks at it. */
  static Space of(NodeDirectory directory) throws LinuxException {
    Space space = new Space(directory);
    for (DirEntry entry : Directory.list(directory.filling())) {
      space.addFilling(entry.name());
    }
    for (DirEntry entry : Directory.list(directory.files())) {
      space.addFile(entry.name());
    }
    Set<FileKey> whole = new HashSet<>();
    space.files.forEach(file -> whole.add(file.key));
    for (DirEntry entry : Directory.list(directory.records())) {
      if (!whole.contains(FileKey.parse(Names.printable(entry.name())))) {
        NodeDirectory.unlink(directory.records(), entry.name());
      }
    }
    return space;
  }

  private void addFilling(byte[] name) throws LinuxException {
    String[] words = Names.printable(name).split("\\.", 2);
    FileKey key = FileKey.parse(words[0]);
    try (Fd fd = NodeDirectory.openIfThere(directory.filling(), name)) {
      if (fd == null) {
        return;
      }
      if (key == null || Flock.tryExclusive(fd)) {
        NodeDirectory.unlink(directory.filling(), name);
        return;
      }
      boolean announces = words.length == 2 && ANNOUNCED.matcher(words[1]).matches();
      long bytes = announces ? Long.parseLong(words[1]) : 0;
      fillings.add(key);
      used += bytes;
      announced += Math.max(0, bytes - Stat.fstat(fd).blocks() * BLOCK_UNIT);
    }
  }

  private void addFile(byte[] name) throws LinuxException {
    FileKey key = FileKey.parse(Names.printable(name));
    Stat use = key == null ? null : directory.lastUse(key);
    if (use == null) {
      NodeDirectory.unlink(directory.files(), name);
      return;
    }
    Present file =
        new Present(
            key, Stat.lstatAt(directory.files(), name), use.mtimeSec() * NANOS + use.mtimeNsec());
    files.add(file);
    used += file.allocated();
  }

  /** Whole files, the least recently used first. */
  List<Present> files() {
    files.sort(Comparator.comparingLong(Present::lastUseNanos));
    return files;
  }

  /** Files on their way. */
  List<FileKey> fillings() {
    return fillings;
  }

  /** Bytes that are taken or announced. */
  long used() {
    return used;
  }

  /** Files that had to go so far. */
  long evicted() {
    return evicted;
  }

  /**
   * Makes room: removes files that weren't used for long and aren't in use. If that doesn't
   * suffice, none is removed.
   *
   * @param bytes that will be written
   * @param limit for all files together
   * @param nowNanos since 1970
   * @return false if there is no room
   */
  boolean makeRoom(long bytes, long limit, long nowNanos) throws LinuxException {
    StatFs filesystem = StatFs.of(directory.top());
    long size = filesystem.blocks() * filesystem.blockSize();
    long reserve = Math.min(MOST_RESERVE, size / RESERVE_SHARE);
    long free = filesystem.availableBlocks() * filesystem.blockSize() - announced - reserve;
    long missing = Math.max(used + bytes - limit, bytes - free);
    if (bytes > limit) {
      return false;
    }
    List<Fd> locked = new ArrayList<>();
    try {
      List<Present> victims = new ArrayList<>();
      for (Present file : files()) {
        if (missing <= 0 || nowNanos - file.lastUseNanos < YOUNG_NANOS) {
          break;
        }
        if (lockUnused(file, locked)) {
          victims.add(file);
          missing -= file.allocated();
        }
      }
      if (missing > 0) {
        return false;
      }
      for (Present victim : victims) {
        directory.remove(victim.key);
        evicted++;
      }
      return true;
    } finally {
      locked.forEach(Fd::close);
    }
  }

  private boolean lockUnused(Present file, List<Fd> locked) throws LinuxException {
    Fd fd = directory.openFile(file.key);
    if (fd == null || !Flock.tryExclusive(fd)) {
      if (fd != null) {
        fd.close();
      }
      return false;
    }
    locked.add(fd);
    return true;
  }

  /**
   * Begins a file.
   *
   * @param bytes that it will take
   * @return its descriptor, locked; its name is {@link #fillingName}
   */
  Fd begin(FileKey key, long bytes) throws LinuxException {
    Fd fd =
        Open.at(
            directory.filling(),
            fillingName(key, bytes),
            Open.O_RDWR | Open.O_CREAT | Open.O_EXCL,
            0600);
    Flock.tryExclusive(fd);
    return fd;
  }

  /** Name of a file on its way. */
  static byte[] fillingName(FileKey key, long bytes) {
    return Names.of(key + "." + bytes);
  }
}
