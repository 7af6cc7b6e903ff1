package io.snapfs.format.codec;

import java.util.Locale;

/** The ways to store a chunk, with their numbers in FORMAT.md 3.1. */
public enum Codec {
  /** The plain bytes. */
  RAW(0),
  /** One LZ4 block: for stores on devices faster than zstd decodes. */
  LZ4(1),
  /** One zstd frame. */
  ZSTD(2),
  /** The even and the odd bytes apart, each raw or a zstd frame: for arrays of 16-bit numbers. */
  SPLIT_ZSTD(3);

  private static final Codec[] BY_NUMBER = values();

  private final int number;

  Codec(int number) {
    this.number = number;
  }

  /** Number on disk. */
  public int number() {
    return number;
  }

  /** The codec of that number, or null if this version knows none. */
  public static Codec of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }

  /** As FORMAT.md names it: {@code raw}, {@code lz4}, {@code zstd}, {@code split-zstd}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
