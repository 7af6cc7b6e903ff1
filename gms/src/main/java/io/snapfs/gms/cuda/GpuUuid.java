package io.snapfs.gms.cuda;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which device: the 16 bytes that stay with a GPU, printed as NVML does, {@code GPU-8-4-4-4-12}.
 */
public final class GpuUuid {
  /** How many bytes one has. */
  public static final int BYTES = 16;

  private static final String PREFIX = "GPU-";
  private static final Pattern TEXT =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final byte[] bytes;

  private GpuUuid(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * From its bytes.
   *
   * @param bytes 16
   */
  public static GpuUuid of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a UUID has 16 bytes, not " + bytes.length);
    }
    return new GpuUuid(bytes.clone());
  }

  /**
   * From its text, with or without {@code GPU-}.
   *
   * @throws IllegalArgumentException if it isn't one, with a message for the user
   */
  public static GpuUuid parse(String text) {
    String digits = text.strip();
    if (digits.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
      digits = digits.substring(PREFIX.length());
    }
    digits = digits.toLowerCase(Locale.ROOT);
    if (!TEXT.matcher(digits).matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not the UUID of a GPU: it reads GPU-8-4-4-4-12 hexadecimal digits,"
              + " as 'nvidia-smi -L' prints it");
    }
    return new GpuUuid(HexFormat.of().parseHex(digits.replace("-", "")));
  }

  /** A copy of its bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GpuUuid uuid && Arrays.equals(bytes, uuid.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    String hex = HexFormat.of().formatHex(bytes);
    return PREFIX
        + String.join(
            "-",
            hex.substring(0, 8),
            hex.substring(8, 12),
            hex.substring(12, 16),
            hex.substring(16, 20),
            hex.substring(20));
  }
}
