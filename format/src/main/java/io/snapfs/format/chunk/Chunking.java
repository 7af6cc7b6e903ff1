package io.snapfs.format.chunk;

import io.snapfs.format.Limits;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How files are cut, as a manifest's summary records it. All lengths are bytes, multiples of 4096.
 *
 * @param kind how cut points are found
 * @param min no shorter chunks, except before a hole and at the end of a file
 * @param mean expected length
 * @param max no longer chunks
 */
public record Chunking(Kind kind, int min, int mean, int max) {
  /** How cut points are found, with the number in FORMAT.md section 4.1, SUMMARY. */
  public enum Kind {
    CDC(1),
    FIXED(2);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }
  }

  /** {@code cdc:128K}. */
  public static final Chunking DEFAULT = contentDefined(128 << 10);

  /** Minimum and maximum are the mean divided by and times this. */
  private static final int SPREAD = 4;

  private static final Pattern SYNTAX = Pattern.compile("(cdc|fixed):([0-9]{1,9})([kKmM]?)");

  /** Checks what {@link #newChunker} relies on. */
  public Chunking {
    boolean pages = min % Limits.PAGE == 0 && mean % Limits.PAGE == 0 && max % Limits.PAGE == 0;
    boolean ordered = min >= Limits.PAGE && min <= mean && mean <= max && max <= Limits.MAX_CHUNK;
    if (!pages || !ordered || (kind == Kind.FIXED && min != max)) {
      throw new IllegalArgumentException(
          "bad chunk lengths: " + kind + " min " + min + ", mean " + mean + ", max " + max);
    }
  }

  /** Content-defined, with minimum and maximum a quarter and four times the mean. */
  public static Chunking contentDefined(int mean) {
    int min = Math.max(Limits.PAGE, mean / SPREAD / Limits.PAGE * Limits.PAGE);
    int max = (int) Math.min(Limits.MAX_CHUNK, (long) mean * SPREAD);
    return new Chunking(Kind.CDC, min, mean, max);
  }

  public static Chunking fixed(int size) {
    return new Chunking(Kind.FIXED, size, size, size);
  }

  /**
   * Parses {@code cdc:SIZE} or {@code fixed:SIZE}; SIZE is in bytes, or in KiB or MiB with the
   * suffix K or M.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static Chunking parse(String text) {
    Matcher parts = SYNTAX.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "bad chunking '" + text + "': use cdc:SIZE or fixed:SIZE, such as cdc:128K or fixed:1M");
    }
    int shift =
        switch (parts.group(3).toUpperCase(Locale.ROOT)) {
          case "K" -> 10;
          case "M" -> 20;
          default -> 0;
        };
    long size = Long.parseLong(parts.group(2)) << shift;
    if (size < Limits.PAGE || size > Limits.MAX_CHUNK || size % Limits.PAGE != 0) {
      throw new IllegalArgumentException(
          "bad chunking '" + text + "': the size must be a multiple of 4K, from 4K to 4M");
    }
    return parts.group(1).equals("cdc") ? contentDefined((int) size) : fixed((int) size);
  }

  /** A chunker for this, at the start of a file. */
  public Chunker newChunker() {
    return kind == Kind.CDC ? new ContentDefinedChunker(this) : new FixedChunker(this);
  }

  /**
   * A page ends a chunk if its hash, unsigned, is below this: one page out of {@code mean - min +
   * 1}, in pages, as the pages before the minimum don't ask.
   */
  long threshold() {
    return (1L << 32) / ((mean - min) / Limits.PAGE + 1);
  }

  /** What {@link #parse} takes. */
  @Override
  public String toString() {
    String size = mean % (1 << 20) == 0 ? (mean >> 20) + "M" : (mean >> 10) + "K";
    return (kind == Kind.CDC ? "cdc:" : "fixed:") + size;
  }
}
