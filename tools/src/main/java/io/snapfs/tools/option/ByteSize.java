package io.snapfs.tools.option;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as users write it.
 *
 * @param bytes not negative
 */
public record ByteSize(long bytes) {
  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,19})(?:([KMGTP])(?:I?B)?|B)?");
  private static final String PREFIXES = "KMGTP";

  /**
   * Parses {@code 512M}, {@code 2g}, {@code 64KiB}, {@code 1048576}; K is 1024 whatever follows.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static ByteSize parse(String text) {
    Matcher matcher = SYNTAX.matcher(text.toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size: write a number of bytes, or one with K, M, G or T");
    }
    String prefix = matcher.group(2);
    long unit = prefix == null ? 1 : 1L << (10 * (PREFIXES.indexOf(prefix) + 1));
    try {
      return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is more bytes than there can be", e);
    }
  }
}
