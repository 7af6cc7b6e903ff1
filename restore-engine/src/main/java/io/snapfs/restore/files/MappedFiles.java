package io.snapfs.restore.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which ranges of which files are going to be touched, in the order in which the files were added.
 * Paths are strings of bytes (ISO 8859-1). Thread-confined.
 *
 * <p>Its form as text, in {@link #NAME} beside CRIU's images, where a file that is no image does
 * not matter:
 *
 * <pre>
 * snapfs mapped files 1
 * /usr/lib/x86_64-linux-gnu/libc.so.6
 *  0 163840
 *  176128 4096
 * </pre>
 *
 * <p>A line that begins with a space is a range of the file above: offset and length in bytes,
 * decimal. In a path a newline is {@code \012} and a backslash {@code \134}.
 */
public final class MappedFiles {
  /** Where it lies. */
  public static final String NAME = "snapfs-mapped-files";

  /** Most bytes of the text that are looked at. */
  public static final int MOST_TEXT = 1 << 20;

  private static final String FIRST_LINE = "snapfs mapped files 1";

  /**
   * A gap up to this long is read with what is around it: cheaper than one more request. It is
   * shorter than what the kernel maps around each page that is touched (64 KiB), or everything
   * would become one range.
   */
  private static final long GAP = 16 << 10;

  /** Part of a file, in bytes. */
  public record Range(long offset, long length) {}

  private final Map<String, NavigableMap<Long, Long>> ends = new LinkedHashMap<>();

  /**
   * Adds a range, which may overlap or touch others.
   *
   * @param offset not negative
   * @param length above 0; their sum must be no more than {@link Long#MAX_VALUE}
   */
  public void add(String path, long offset, long length) {
    long from = offset;
    long to = Math.addExact(offset, length);
    NavigableMap<Long, Long> file = ends.computeIfAbsent(path, key -> new TreeMap<>());
    Map.Entry<Long, Long> before = file.floorEntry(from);
    if (before != null && before.getValue() >= from - GAP) {
      from = before.getKey();
      to = Math.max(to, before.getValue());
    }
    for (Map.Entry<Long, Long> after = file.ceilingEntry(from);
        after != null && after.getKey() - GAP <= to;
        after = file.ceilingEntry(from)) {
      to = Math.max(to, after.getValue());
      file.remove(after.getKey());
    }
    file.put(from, to);
  }

  public List<String> paths() {
    return List.copyOf(ends.keySet());
  }

  /** The ranges of a file, in the order of their offsets. */
  public List<Range> ranges(String path) {
    List<Range> ranges = new ArrayList<>();
    ends.getOrDefault(path, Collections.emptyNavigableMap())
        .forEach((from, to) -> ranges.add(new Range(from, to - from)));
    return ranges;
  }

  /** All ranges together. */
  public long bytes() {
    return ends.keySet().stream()
        .flatMap(path -> ranges(path).stream())
        .mapToLong(Range::length)
        .sum();
  }

  /** The form as text. */
  public byte[] toText() {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    for (String path : ends.keySet()) {
      text.append(path.replace("\\", "\\134").replace("\n", "\\012")).append('\n');
      for (Range range : ranges(path)) {
        text.append(' ').append(range.offset()).append(' ').append(range.length()).append('\n');
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Writes {@link #NAME} into a folder of images; not if it were longer than a restore reads. */
  public void writeTo(Path images) throws IOException {
    byte[] text = toText();
    if (text.length <= MOST_TEXT) {
      Files.write(images.resolve(NAME), text, StandardOpenOption.CREATE_NEW);
    }
  }

  /** What can be understood of a text; nothing if it isn't of this version. */
  public static MappedFiles ofText(byte[] text) {
    MappedFiles files = new MappedFiles();
    String[] lines = new String(text, StandardCharsets.ISO_8859_1).split("\n", -1);
    if (!lines[0].equals(FIRST_LINE)) {
      return files;
    }
    String path = null;
    for (int i = 1;
        i < lines.length - 1;
        i++) { // behind the last newline is nothing, or half a line
      String line = lines[i];
      if (line.startsWith("/")) {
        path = line.replace("\\012", "\n").replace("\\134", "\\");
      } else if (path != null) {
        addLine(files, path, line);
      }
    }
    return files;
  }

  private static void addLine(MappedFiles files, String path, String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 3 || !words[0].isEmpty()) {
      return;
    }
    try {
      long offset = Long.parseLong(words[1]);
      long length = Long.parseLong(words[2]);
      if (offset >= 0 && length > 0 && length <= Long.MAX_VALUE - GAP - offset) {
        files.add(path, offset, length);
      }
    } catch (NumberFormatException e) {
      return; // it is advice: what can't be understood is left out
    }
  }
}
