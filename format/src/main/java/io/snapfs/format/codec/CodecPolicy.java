package io.snapfs.format.codec;

import java.util.Locale;

/**
 * Which codec a writer uses. Whatever the policy, a chunk that does not shrink by 1/32 is stored
 * raw.
 *
 * @param mode how the codec is chosen
 * @param level zstd level where zstd is used on whole chunks
 * @param dearShare with {@link Mode#AUTO}: the share of chunks, 0 to 1, that may be stored with a
 *     codec that decodes slowly (split-zstd, and zstd: see {@link #share}); the rest is lz4 or raw
 */
public record CodecPolicy(Mode mode, int level, double dearShare) {
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

  /** Of one core, for a byte of zstd or split-zstd: 1.7 to 2.2 GB/s were measured. */
  private static final double DEAR_SECONDS = 1 / 1.9e9;

  /** Of one core, for a byte of lz4: 11.8 GB/s were measured. */
  private static final double CHEAP_SECONDS = 1 / 11.8e9;

  private static final double ZSTD_GIVES_WAY = 4;

  public static final CodecPolicy AUTO = new CodecPolicy(Mode.AUTO, AUTO_LEVEL, 1);
  public static final CodecPolicy RAW = new CodecPolicy(Mode.RAW, DEFAULT_LEVEL, 1);
  public static final CodecPolicy LZ4 = new CodecPolicy(Mode.LZ4, DEFAULT_LEVEL, 1);
  public static final CodecPolicy ZSTD = new CodecPolicy(Mode.ZSTD, DEFAULT_LEVEL, 1);

  /** Checks the level. */
  public CodecPolicy {
    if (level < 1 || level > MAX_LEVEL) {
      throw new IllegalArgumentException(
          "bad zstd level " + level + ": it must be 1 to " + MAX_LEVEL);
    }
    if (!(dearShare >= 0 && dearShare <= 1)) {
      throw new IllegalArgumentException("a share is between 0 and 1, not " + dearShare);
    }
  }

  /**
   * By trial, but so that what is read can be decoded as fast as it is wanted: as many chunks as
   * that allows are stored small, the others in a way that costs next to nothing to decode.
   *
   * @param bytesPerSecond plain bytes that the reader wants, above 0
   * @param cores that decode for it, at least 1
   */
  public static CodecPolicy forBandwidth(long bytesPerSecond, int cores) {
    if (bytesPerSecond < 1 || cores < 1) {
      throw new IllegalArgumentException("a bandwidth and a number of cores are above 0");
    }
    double budget = cores / (double) bytesPerSecond;
    if (budget < CHEAP_SECONDS) {
      return RAW;
    }
    double share = (budget - CHEAP_SECONDS) / (DEAR_SECONDS - CHEAP_SECONDS);
    return new CodecPolicy(Mode.AUTO, AUTO_LEVEL, Math.min(1, share));
  }

  /**
   * Of the chunks that a codec would store smallest, the share that it may have. zstd gives way
   * four times as fast as split-zstd: what it stores has repetitions, which lz4 finds too, so that
   * a saved second costs a fraction of the bytes. (A heap of 239 MB: 30 MB more for 0.15 core
   * seconds; 959 MB of weights: 321 MB for 0.55.)
   */
  double share(Codec codec) {
    return switch (codec) {
      case RAW, LZ4 -> 1;
      case ZSTD -> Math.max(0, 1 - ZSTD_GIVES_WAY * (1 - dearShare));
      case SPLIT_ZSTD -> dearShare;
    };
  }

  /** zstd of the given level, 1 to 22. */
  public static CodecPolicy zstd(int level) {
    return new CodecPolicy(Mode.ZSTD, level, 1);
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
