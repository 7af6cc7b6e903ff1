package io.snapfs.restore.rootfs;

import io.snapfs.format.CorruptException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a tar from its beginning to its end: ustar, with the extensions of POSIX (pax) and of GNU
 * for long names and large numbers. Sparse files of GNU are refused. For one thread.
 *
 * <p>Names are bytes: each char of a string is one of them.
 */
final class TarReader {
  /** One char a byte, so that no name is changed. */
  static final Charset BYTES = StandardCharsets.ISO_8859_1;

  private static final int BLOCK = 512;

  /** Longest extended header: attributes and ACLs are at most 64 KiB each. */
  private static final int MOST_EXTENDED = 4 << 20;

  private static final String XATTR = "SCHILY.xattr.";
  private static final int NANO_DIGITS = 9;

  private final InputStream in;
  private final String resource;
  private final byte[] block = new byte[BLOCK];
  private final Map<String, byte[]> global = new HashMap<>();
  private long offset;
  private long left;
  private int padding;

  /**
   * @param in stays the caller's
   * @param resource the tar, for messages
   */
  TarReader(InputStream in, String resource) {
    this.in = in;
    this.resource = resource;
  }

  /** The next entry, or null at the end. What is left of the one before is skipped. */
  TarEntry next() throws IOException {
    Map<String, byte[]> extended = new HashMap<>(global);
    while (true) {
      skipRest();
      if (!readBlock()) {
        return null;
      }
      checkSum();
      char type = block[156] == 0 ? TarEntry.FILE : (char) block[156];
      begin(number(124, 12));
      switch (type) {
        case 'x' -> addExtended(extended);
        case 'g' -> {
          addExtended(global);
          extended.putAll(global);
        }
        case 'L' -> extended.put("path", untilZero(content()));
        case 'K' -> extended.put("linkpath", untilZero(content()));
        default -> {
          return entry(type, extended);
        }
      }
    }
  }

  /** Reads content of the entry; -1 at its end. */
  int read(byte[] target) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = in.read(target, 0, (int) Math.min(target.length, left));
    if (count < 0) {
      throw cut();
    }
    left -= count;
    offset += count;
    return count;
  }

  private TarEntry entry(char type, Map<String, byte[]> extended) throws IOException {
    if (type == 'S' || extended.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse."))) {
      throw damaged("a sparse file of GNU tar, which is not supported: make the tar without -S");
    }
    if (extended.containsKey("size")) {
      begin(decimal(extended, "size", 0));
    }
    boolean hasContent = type == TarEntry.FILE || type == '7';
    if (!hasContent && left != 0 && type != TarEntry.HARD_LINK) {
      begin(0); // some write the size of what they name
    }
    String prefix = isUstar() ? text(345, 155) : "";
    String name = text(0, 100);
    String path = prefix.isEmpty() ? name : prefix + "/" + name;
    String time = extended.containsKey("mtime") ? new String(extended.get("mtime"), BYTES) : null;
    Map<String, byte[]> xattrs = new LinkedHashMap<>();
    extended.forEach(
        (key, value) -> {
          if (key.startsWith(XATTR)) {
            xattrs.put(key.substring(XATTR.length()), value);
          }
        });
    if (type == TarEntry.HARD_LINK) {
      begin(0);
    }
    return new TarEntry(
        type == '7' ? TarEntry.FILE : type,
        extended.containsKey("path") ? new String(extended.get("path"), BYTES) : path,
        extended.containsKey("linkpath")
            ? new String(extended.get("linkpath"), BYTES)
            : text(157, 100),
        (int) number(100, 8) & 07777,
        (int) decimal(extended, "uid", number(108, 8)),
        (int) decimal(extended, "gid", number(116, 8)),
        left,
        time == null ? number(136, 12) : seconds(time),
        time == null ? 0 : nanos(time),
        (int) number(329, 8),
        (int) number(337, 8),
        xattrs);
  }

  private boolean isUstar() {
    return text(257, 6).equals("ustar") && block[263] == '0';
  }

  private void begin(long size) throws IOException {
    if (size < 0) {
      throw damaged("an entry of " + size + " bytes");
    }
    left = size;
    padding = (int) (-size & (BLOCK - 1));
  }

  private void skipRest() throws IOException {
    long skip = left + padding;
    byte[] nowhere = new byte[(int) Math.min(skip, 1 << 16)];
    while (skip > 0) {
      int count = in.read(nowhere, 0, (int) Math.min(skip, nowhere.length));
      if (count < 0) {
        throw cut();
      }
      skip -= count;
      offset += count;
    }
    left = 0;
    padding = 0;
  }

  /** False at the end: a block of zeros, or none any more. */
  private boolean readBlock() throws IOException {
    int count = in.readNBytes(block, 0, BLOCK);
    offset += count;
    if (count == 0) {
      return false;
    }
    if (count < BLOCK) {
      throw cut();
    }
    for (byte each : block) {
      if (each != 0) {
        return true;
      }
    }
    return false;
  }

  private void checkSum() throws IOException {
    long expected = number(148, 8);
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
    }
    if (sum != expected) {
      throw damaged("no header of tar: its checksum is " + sum + ", expected " + expected);
    }
  }

  private byte[] content() throws IOException {
    if (left > MOST_EXTENDED) {
      throw damaged("an extended header of " + left + " bytes");
    }
    byte[] bytes = in.readNBytes((int) left);
    offset += bytes.length;
    if (bytes.length < left) {
      throw cut();
    }
    left = 0;
    return bytes;
  }

  /** Records of "LENGTH KEY=VALUE\n". */
  private void addExtended(Map<String, byte[]> target) throws IOException {
    byte[] bytes = content();
    for (int at = 0; at < bytes.length; ) {
      int space = at;
      int length = 0;
      while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9' && space - at < 9) {
        length = length * 10 + bytes[space++] - '0';
      }
      int end = at + length;
      int equals = space + 1;
      while (equals < Math.min(end, bytes.length) && bytes[equals] != '=') {
        equals++;
      }
      boolean fits = length > 0 && end <= bytes.length && equals < end;
      if (!fits || bytes[space] != ' ' || bytes[end - 1] != '\n') {
        throw damaged("an extended header that is none, at its byte " + at);
      }
      String key = new String(bytes, space + 1, equals - space - 1, BYTES);
      target.put(key, Arrays.copyOfRange(bytes, equals + 1, end - 1));
      at = end;
    }
  }

  private String text(int from, int length) {
    int end = from;
    while (end < from + length && block[end] != 0) {
      end++;
    }
    return new String(block, from, end - from, BYTES);
  }

  private static byte[] untilZero(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return Arrays.copyOf(bytes, end);
  }

  /** Octal digits, or with the highest bit set a number of 8 bits a byte. */
  private long number(int from, int length) throws IOException {
    if ((block[from] & 0x80) != 0) {
      long value = block[from] & 0x3f;
      for (int i = from + 1; i < from + length; i++) {
        if (value >>> 55 != 0) {
          throw damaged("a number that is too large");
        }
        value = value << 8 | (block[i] & 0xff);
      }
      return value;
    }
    String digits = text(from, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw damaged("'" + digits + "' where a number is expected");
    }
  }

  private long decimal(Map<String, byte[]> extended, String key, long otherwise)
      throws IOException {
    byte[] value = extended.get(key);
    return value == null ? otherwise : parse(new String(value, BYTES));
  }

  private long parse(String digits) throws IOException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw damaged("'" + digits + "' where a number is expected");
    }
  }

  private long seconds(String time) throws IOException {
    int point = time.indexOf('.');
    long seconds = parse(point < 0 ? time : time.substring(0, point));
    boolean isBefore = time.startsWith("-") && nanosOf(time) != 0;
    return isBefore ? seconds - 1 : seconds;
  }

  private int nanos(String time) throws IOException {
    int nanos = nanosOf(time);
    return time.startsWith("-") && nanos != 0 ? 1_000_000_000 - nanos : nanos;
  }

  private int nanosOf(String time) throws IOException {
    int point = time.indexOf('.');
    if (point < 0) {
      return 0;
    }
    String digits = (time.substring(point + 1) + "000000000").substring(0, NANO_DIGITS);
    return (int) parse(digits);
  }

  private CorruptException damaged(String what) {
    return new CorruptException(resource, offset, what);
  }

  private EOFException cut() {
    return new EOFException(resource + " ends at byte " + offset + ", in the middle of an entry");
  }
}
