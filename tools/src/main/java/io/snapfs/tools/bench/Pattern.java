package io.snapfs.tools.bench;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The order in which a file is read. */
public enum Pattern {
  /** Each reader its own part of the file, from its start to its end. */
  SEQUENTIAL("seq", 1 << 20),
  /** Each reader blocks of the whole file, at offsets that are the same in every run. */
  RANDOM("random", 4096);

  private final String label;
  private final int usualBlock;

  Pattern(String label, int usualBlock) {
    this.label = label;
    this.usualBlock = usualBlock;
  }

  /** What users call it. */
  public String label() {
    return label;
  }

  /** Bytes of a read where nothing else is asked for. */
  public int usualBlock() {
    return usualBlock;
  }

  /**
   * The pattern of a name.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static Pattern parse(String text) {
    return Arrays.stream(values())
        .filter(pattern -> pattern.label.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown pattern '"
                        + text
                        + "'; known are "
                        + Arrays.stream(values())
                            .map(Pattern::label)
                            .collect(Collectors.joining(", "))));
  }
}
