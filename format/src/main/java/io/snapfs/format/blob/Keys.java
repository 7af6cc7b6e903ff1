package io.snapfs.format.blob;

import java.util.regex.Pattern;

/** What a blob's key may look like: relative, slash-separated, harmless as a path. */
final class Keys {
  private static final Pattern KEY =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*");

  private Keys() {}

  /**
   * Returns the key if it is one.
   *
   * @throws IllegalArgumentException if it could lead out of the store or to no blob at all
   */
  static String check(String key) {
    if (!isValid(key)) {
      throw new IllegalArgumentException("not the key of a blob: '" + key + "'");
    }
    return key;
  }

  static boolean isValid(String key) {
    return KEY.matcher(key).matches();
  }

  /** The directory part, or "" if the blob lies at the top. */
  static String parent(String key) {
    int slash = key.lastIndexOf('/');
    return slash < 0 ? "" : key.substring(0, slash);
  }
}
