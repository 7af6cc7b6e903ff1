package io.snapfs.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Random 128-bit name of a pack. The two halves are its 16 stored bytes read as little-endian
 * numbers.
 */
public record PackId(long low, long high) {
  /** Bytes of an id. */
  public static final int LENGTH = 16;

  private static final Pattern KEY = Pattern.compile("packs/[0-9a-f]{2}/([0-9a-f]{32})\\.pack");
  private static final SecureRandom RANDOM = new SecureRandom();

  public static PackId random() {
    return new PackId(RANDOM.nextLong(), RANDOM.nextLong());
  }

  public static PackId read(ByteBuffer littleEndian, int offset) {
    return new PackId(littleEndian.getLong(offset), littleEndian.getLong(offset + 8));
  }

  public void write(ByteBuffer littleEndian, int offset) {
    littleEndian.putLong(offset, low).putLong(offset + 8, high);
  }

  /** Key of the pack in a store: {@code packs/HH/ID.pack}. */
  public String key() {
    String hex = toString();
    return "packs/" + hex.substring(0, 2) + "/" + hex + ".pack";
  }

  /** Inverse of {@link #key()}; null if the key is not that of a pack. */
  public static PackId fromKey(String key) {
    Matcher matcher = KEY.matcher(key);
    PackId id = matcher.matches() ? parse(matcher.group(1)) : null;
    return id != null && id.key().equals(key) ? id : null;
  }

  /** 32 lower-case hex digits. */
  @Override
  public String toString() {
    byte[] bytes = new byte[LENGTH];
    write(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0);
    return HexFormat.of().formatHex(bytes).toLowerCase(Locale.ROOT);
  }

  /** Inverse of {@link #toString()}. */
  public static PackId parse(String hex) {
    if (hex.length() != 2 * LENGTH) {
      throw new IllegalArgumentException(
          "a pack id has " + 2 * LENGTH + " hex digits: '" + hex + "'");
    }
    return read(ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN), 0);
  }
}
