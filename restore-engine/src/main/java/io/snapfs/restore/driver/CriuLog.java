package io.snapfs.restore.driver;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What CRIU logged in one run. Immutable. Of a log that has grown without bounds only the beginning
 * is read.
 */
public final class CriuLog {
  /** Bytes that are read; the log of a restore of a thousand processes has a few million. */
  private static final int MOST_BYTES = 16 << 20;

  private static final String RESTORER = "pie: ";
  private static final int MICRO_DIGITS = 6;
  private static final int MOST_DIGITS = 9;
  private static final Pattern ERROR = Pattern.compile("Error \\([^)]*\\): (.*)");
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_MICRO = 1000;

  /** Errors that CRIU logs although it goes on, or after the one that tells the cause. */
  private static final Pattern NOT_THE_CAUSE =
      Pattern.compile("rlimit: Can't setup RLIMIT_NOFILE.*|(Dumping|Restoring) FAILED.*");

  private static final Pattern PID_IN_USE = Pattern.compile("Can't fork for \\d+: File exists");

  private final List<Line> lines;

  /**
   * A line of the log.
   *
   * @param nanos since CRIU started; 0 of a line without a time
   * @param text without time and process id
   */
  public record Line(long nanos, String text) {
    /** The message, if it is an error. */
    Optional<String> error() {
      Matcher matcher = ERROR.matcher(text);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
  }

  private CriuLog(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /** Reads a log; one that is missing has no lines. */
  public static CriuLog read(Path file) throws IOException {
    if (Files.notExists(file)) {
      return parse("");
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[(int) Math.min(in.length(), MOST_BYTES)];
      in.readFully(bytes);
      return parse(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return parse("");
    }
  }

  /** Splits a log into its lines. */
  static CriuLog parse(String text) {
    List<Line> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (!line.isBlank()) {
        lines.add(lineOf(line));
      }
    }
    return new CriuLog(lines);
  }

  /** {@code (SECONDS.MICROS) pie: PID: TEXT}, each part but the last may be missing. */
  private static Line lineOf(String line) {
    int end = line.startsWith("(") ? line.indexOf(')') : -1;
    int dot = line.indexOf('.');
    if (end < 0 || dot < 0 || end - dot != MICRO_DIGITS + 1 || !isNumber(line, 1, dot)) {
      return new Line(0, withoutProcess(line));
    }
    long nanos =
        Long.parseLong(line, 1, dot, 10) * NANOS_PER_SECOND
            + (isNumber(line, dot + 1, end)
                ? Long.parseLong(line, dot + 1, end, 10) * NANOS_PER_MICRO
                : 0);
    return new Line(nanos, withoutProcess(line.substring(end + 1)));
  }

  private static String withoutProcess(String line) {
    String text = line.strip();
    if (text.startsWith(RESTORER)) {
      text = text.substring(RESTORER.length()).strip();
    }
    int colon = text.indexOf(": ");
    return colon > 0 && isNumber(text, 0, colon) ? text.substring(colon + 2) : text;
  }

  private static boolean isNumber(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return from < to && to - from <= MOST_DIGITS;
  }

  /** All lines, in their order. */
  public List<Line> lines() {
    return lines;
  }

  /** Whether it failed since somebody else has the number of a process. */
  boolean saysPidIsInUse() {
    return lines.stream()
        .flatMap(line -> line.error().stream())
        .anyMatch(error -> PID_IN_USE.matcher(error).find());
  }

  /**
   * Why CRIU failed: the meaning of a line that is known to us, else the first error as it is;
   * empty if there is neither.
   */
  public Optional<String> reason() {
    Optional<String> meaning =
        CriuFailures.meaning(lines.stream().map(line -> line.error().orElse(line.text())).toList());
    if (meaning.isPresent()) {
      return meaning;
    }
    return lines.stream()
        .flatMap(line -> line.error().stream())
        .filter(error -> !NOT_THE_CAUSE.matcher(error).matches())
        .findFirst();
  }
}
