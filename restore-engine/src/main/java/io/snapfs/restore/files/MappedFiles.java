package io.snapfs.restore.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which ranges of which files are going to be touched, and which of them first. Paths are strings
 * of bytes (ISO 8859-1). Thread-confined.
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
 * decimal. In a path a newline is {@code \012} and a backslash {@code \134}. Where a file comes
 * that has been there before begins what is needed later.
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

  /**
   * Ranges of a file that are needed together, in the order of their offsets.
   *
   * @param path of the file
   */
  public record Part(String path, List<Range> ranges) {}

  private final Map<String, NavigableMap<Long, Long>> first = new LinkedHashMap<>();
  private final Map<String, NavigableMap<Long, Long>> later = new LinkedHashMap<>();

  /**
   * Adds a range that is needed first. It may overlap or touch others.
   *
   * @param offset not negative
   * @param length above 0; their sum must be no more than {@link Long#MAX_VALUE}
   */
  public void add(String path, long offset, long length) {
    add(first, path, offset, length);
  }

  /** Adds a range that is needed later. */
  public void addLater(String path, long offset, long length) {
    add(later, path, offset, length);
  }

  /** Adds all of another list. */
  public void addAll(MappedFiles other) {
    addAll(first, other.first());
    addAll(later, other.later());
  }

  private static void addAll(Map<String, NavigableMap<Long, Long>> files, List<Part> parts) {
    for (Part part : parts) {
      part.ranges().forEach(range -> add(files, part.path(), range.offset(), range.length()));
    }
  }

  /** Ranges are kept as their ends by their starts. */
  private static void add(
      Map<String, NavigableMap<Long, Long>> files, String path, long offset, long length) {
    long from = offset;
    long to = Math.addExact(offset, length);
    NavigableMap<Long, Long> file = files.computeIfAbsent(path, key -> new TreeMap<>());
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

  /** What is needed first, in the order in which the files were added. */
  public List<Part> first() {
    return parts(first);
  }

  /** What is needed later, in the order in which the files were added. */
  public List<Part> later() {
    return parts(later);
  }

  public boolean isEmpty() {
    return first.isEmpty() && later.isEmpty();
  }

  private static List<Part> parts(Map<String, NavigableMap<Long, Long>> files) {
    List<Part> parts = new ArrayList<>();
    files.forEach((path, ends) -> parts.add(new Part(path, ranges(ends))));
    return parts;
  }

  private static List<Range> ranges(NavigableMap<Long, Long> ends) {
    List<Range> ranges = new ArrayList<>();
    ends.forEach((from, to) -> ranges.add(new Range(from, to - from)));
    return ranges;
  }

  /** The form as text. */
  public byte[] toText() {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    first().forEach(part -> append(text, part));
    later().forEach(part -> append(text, part));
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void append(StringBuilder text, Part part) {
    text.append(part.path().replace("\\", "\\134").replace("\n", "\\012")).append('\n');
    for (Range range : part.ranges()) {
      text.append(' ').append(range.offset()).append(' ').append(range.length()).append('\n');
    }
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
    boolean isLater = false;
    for (int i = 1;
        i < lines.length - 1;
        i++) { // behind the last newline is nothing, or half a line
      String line = lines[i];
      if (line.startsWith("/")) {
        path = line.replace("\\012", "\n").replace("\\134", "\\");
        isLater |= files.first.containsKey(path);
      } else if (path != null) {
        addLine(isLater ? files.later : files.first, path, line);
      }
    }
    return files;
  }

  private static void addLine(
      Map<String, NavigableMap<Long, Long>> files, String path, String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 3 || !words[0].isEmpty()) {
      return;
    }
    try {
      long offset = Long.parseLong(words[1]);
      long length = Long.parseLong(words[2]);
      if (offset >= 0 && length > 0 && length <= Long.MAX_VALUE - GAP - offset) {
        add(files, path, offset, length);
      }
    } catch (NumberFormatException e) {
      return; // it is advice: what can't be understood is left out
    }
  }
}
