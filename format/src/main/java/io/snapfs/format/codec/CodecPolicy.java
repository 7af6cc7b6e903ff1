package io.snapfs.format.codec;

import java.util.Locale;

/**
 * Which codec a writer uses. Whatever the policy, a chunk that does not shrink by 1/32 is stored
 * raw.
 *
 * @param mode how the codec is chosen
 * @param level zstd level where zstd is used on whole chunks
 */
public record CodecPolicy(Mode mode, int level) {
  /** How the codec is chosen. */
  public enum Mode {
    /** By trial, for each chunk: see {@link Trial}. */
    AUTO,
    RAW,
    LZ4,
    ZSTD
  }

  /**
   * Level 3 stores real process heaps in 5 % less than level 1 at 0.68 against 0.82 GB/s a core;
   * levels 4 and 5 save another 1 to 3 % for two and three times the time.
   */
  public static final int DEFAULT_LEVEL = 3;

  private static final int MAX_LEVEL = 22;

  /**
   * By trial few chunks go to zstd, and those shrink to an eighth at any level: on the dump of a
   * PyTorch worker level 3 saves 0.2 % of the whole and costs 0.14 core seconds a GB.
   */
  private static final int AUTO_LEVEL = 1;

  public static final CodecPolicy AUTO = new CodecPolicy(Mode.AUTO, AUTO_LEVEL);
  public static final CodecPolicy RAW = new CodecPolicy(Mode.RAW, DEFAULT_LEVEL);
  public static final CodecPolicy LZ4 = new CodecPolicy(Mode.LZ4, DEFAULT_LEVEL);
  public static final CodecPolicy ZSTD = new CodecPolicy(Mode.ZSTD, DEFAULT_LEVEL);

  /** Checks the level. */
  public CodecPolicy {
    if (level < 1 || level > MAX_LEVEL) {
      throw new IllegalArgumentException(
          "bad zstd level " + level + ": it must be 1 to " + MAX_LEVEL);
    }
  }

  /** zstd of the given level, 1 to 22. */
  public static CodecPolicy zstd(int level) {
    return new CodecPolicy(Mode.ZSTD, level);
  }

  /**
   * Parses {@code auto}, {@code raw}, {@code lz4}, {@code zstd} or {@code zstd:LEVEL}.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static CodecPolicy parse(String text) {
    return switch (text) {
      case "auto" -> AUTO;
      case "raw" -> RAW;
      case "lz4" -> LZ4;
      case "zstd" -> ZSTD;
      default -> parseLevel(text);
    };
  }

  private static CodecPolicy parseLevel(String text) {
    if (!text.matches("zstd:[0-9]{1,4}")) {
      throw new IllegalArgumentException(
          "unknown codec '" + text + "': use auto, raw, lz4, zstd or zstd:LEVEL (1 to 22)");
    }
    return zstd(Integer.parseInt(text.substring("zstd:".length())));
  }

  /** What {@link #parse} takes. */
  @Override
  public String toString() {
    return mode == Mode.ZSTD ? "zstd:" + level : mode.name().toLowerCase(Locale.ROOT);
  }
}
