package io.snapfs.format.manifest;

import io.snapfs.format.Limits;
import java.util.Arrays;

/**
 * An extended attribute.
 *
 * @param name with its prefix ({@code user.}, {@code security.}, ...), 1 to 255 bytes without NUL
 * @param value up to 65,536 raw bytes
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode look into the arrays
public record Xattr(byte[] name, byte[] value) {
  /** Checks the lengths. */
  public Xattr {
    if (name.length == 0 || name.length > Limits.MAX_XATTR_NAME || Names.hasNul(name)) {
      throw new IllegalArgumentException("bad xattr name '" + Names.display(name) + "'");
    }
    if (value.length > Limits.MAX_XATTR_VALUE) {
      throw new IllegalArgumentException(
          "xattr '"
              + Names.display(name)
              + "' has "
              + value.length
              + " bytes, the limit is "
              + Limits.MAX_XATTR_VALUE);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Xattr xattr
        && Arrays.equals(name, xattr.name)
        && Arrays.equals(value, xattr.value);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(name) + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return Names.display(name) + " (" + value.length + " bytes)";
  }
}
