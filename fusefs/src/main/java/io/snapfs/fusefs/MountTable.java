package io.snapfs.fusefs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is mounted where in this process's mount namespace: {@code /proc/self/mountinfo}, described
 * in proc(5). A snapshot; immutable.
 *
 * <p>Paths are bytes, kept in strings of one character per byte (ISO 8859-1).
 */
final class MountTable {
  private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");
  private static final int ID = 0;
  private static final int DEVICE = 2;
  private static final int MOUNTPOINT = 4;

  /** First of the fields that there may be any number of, up to a dash. */
  private static final int OPTIONAL = 6;

  /**
   * One mount.
   *
   * @param id unique while it is mounted
   * @param device {@code MAJOR:MINOR}
   * @param mountpoint absolute
   * @param type such as {@code ext4} or {@code fuse.snapfs}
   * @param source what is mounted, as the filesystem says it
   */
  record Entry(int id, String device, String mountpoint, String type, String source) {}

  private final List<Entry> entries;

  private MountTable(List<Entry> entries) {
    this.entries = entries;
  }

  /** Reads the table as it is now. */
  static MountTable read() throws IOException {
    return parse(new String(Files.readAllBytes(MOUNTINFO), StandardCharsets.ISO_8859_1));
  }

  static MountTable parse(String mountinfo) {
    List<Entry> entries = new ArrayList<>();
    for (String line : mountinfo.split("\n", -1)) {
      Entry entry = parseLine(line.split(" ", -1));
      if (entry != null) {
        entries.add(entry);
      }
    }
    return new MountTable(List.copyOf(entries));
  }

  private static Entry parseLine(String[] fields) {
    int dash = OPTIONAL;
    while (dash < fields.length && !fields[dash].equals("-")) {
      dash++;
    }
    if (dash + 2 >= fields.length) {
      return null;
    }
    return new Entry(
        Integer.parseInt(fields[ID]),
        fields[DEVICE],
        unescape(fields[MOUNTPOINT]),
        unescape(fields[dash + 1]),
        unescape(fields[dash + 2]));
  }

  /** Space, tab, line feed and backslash are written as a backslash and three octal digits. */
  private static String unescape(String field) {
    StringBuilder text = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length()) {
        text.append((char) Integer.parseInt(field, i + 1, i + 4, 8));
        i += 3;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  /** The mount that is seen at a mountpoint: the last one, if there are several. */
  Optional<Entry> at(byte[] mountpoint) {
    String wanted = new String(mountpoint, StandardCharsets.ISO_8859_1);
    return entries.stream()
        .filter(entry -> entry.mountpoint().equals(wanted))
        .reduce((earlier, later) -> later);
  }

  /** Whether the very mount is still there. */
  boolean contains(Entry entry) {
    return entries.contains(entry);
  }
}
