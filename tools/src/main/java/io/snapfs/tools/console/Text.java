package io.snapfs.tools.console;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How values are shown to people. */
public final class Text {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Text() {}

  /** A number of bytes such as {@code 512 B}, {@code 1.4 GiB}. */
  public static String size(long bytes) {
    if (bytes < 0) {
      return "-" + (bytes == Long.MIN_VALUE ? "8.0 EiB" : size(-bytes));
    }
    if (bytes < 1024) {
      return bytes + " B";
    }
    int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    double value = bytes / (double) (1L << (10 * unit));
    if (value >= 1023.95 && unit < UNITS.length - 1) { // would be shown as 1024.0
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  /** A number with its digits in groups: {@code 1,048,576}. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** A share such as {@code 51.3 %}; {@code -} of nothing. */
  public static String percent(long part, long whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }

  /** How often the smaller fits into the larger: {@code 1.95x}; {@code -} if there is none. */
  public static String ratio(long larger, long smaller) {
    return smaller == 0 ? "-" : ratio(larger / (double) smaller);
  }

  /** A factor: {@code 1.95x}. */
  public static String ratio(double factor) {
    return String.format(Locale.ROOT, "%.2fx", factor);
  }

  /** A duration such as {@code 0.25 s}. */
  public static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
  }

  /** A moment, to the second, in UTC. */
  public static String time(long epochMillis) {
    return TIME.format(Instant.ofEpochMilli(epochMillis));
  }

  /** A moment as ISO 8601 with milliseconds, in UTC, for scripts. */
  public static String isoTime(long epochMillis) {
    return DateTimeFormatter.ISO_INSTANT.format(
        Instant.ofEpochMilli(epochMillis).truncatedTo(ChronoUnit.MILLIS));
  }

  /** The text without what could steer a terminal: control characters become {@code ?}. */
  public static String printable(String text) {
    if (text.chars().noneMatch(Text::isControl)) {
      return text;
    }
    StringBuilder safe = new StringBuilder(text.length());
    text.chars().forEach(c -> safe.append(isControl(c) ? '?' : (char) c));
    return safe.toString();
  }

  private static boolean isControl(int c) {
    return Character.isISOControl(c) && c != '\n' && c != '\t';
  }
}
