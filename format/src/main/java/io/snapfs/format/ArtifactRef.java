package io.snapfs.format;

import java.util.regex.Pattern;

/**
 * Name and tag of an artifact: what users write as {@code NAME} or {@code NAME:TAG}. Both parts are
 * safe as file names and as bucket keys.
 */
public record ArtifactRef(String name, String tag) implements Comparable<ArtifactRef> {
  /** Tag that is meant when none is given. */
  public static final String DEFAULT_TAG = "latest";

  private static final Pattern PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final String PREFIX = "artifacts/";
  private static final String SUFFIX = ".manifest";

  /** Checks both parts. */
  public ArtifactRef {
    check("name", name);
    check("tag", tag);
  }

  /**
   * Parses {@code NAME[:TAG]}.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static ArtifactRef parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? new ArtifactRef(text, DEFAULT_TAG)
        : new ArtifactRef(text.substring(0, colon), text.substring(colon + 1));
  }

  /** True if {@code text} may be a name or a tag. */
  public static boolean isValidPart(String text) {
    return PART.matcher(text).matches() && !text.contains("..");
  }

  private static void check(String what, String text) {
    if (!isValidPart(text)) {
      throw new IllegalArgumentException(
          "bad artifact "
              + what
              + " '"
              + printable(text)
              + "': it must be 1 to 128 letters, digits, '.', '_' or '-', begin with"
              + " a letter or digit and not contain '..'");
    }
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /** Key of the manifest in a store. */
  public String key() {
    return PREFIX + name + "/" + tag + SUFFIX;
  }

  /** Inverse of {@link #key()}; null if the key is not that of a manifest. */
  public static ArtifactRef fromKey(String key) {
    if (!key.startsWith(PREFIX) || !key.endsWith(SUFFIX)) {
      return null;
    }
    String[] parts = key.substring(PREFIX.length(), key.length() - SUFFIX.length()).split("/", -1);
    return parts.length == 2 && isValidPart(parts[0]) && isValidPart(parts[1])
        ? new ArtifactRef(parts[0], parts[1])
        : null;
  }

  @Override
  public int compareTo(ArtifactRef other) {
    int byName = name.compareTo(other.name);
    return byName != 0 ? byName : tag.compareTo(other.tag);
  }

  // Java makes a record's own equals and hashCode at run time, which takes 10 ms of a mount's first
  // lookup.
  @Override
  public boolean equals(Object other) {
    return other instanceof ArtifactRef ref && name.equals(ref.name) && tag.equals(ref.tag);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + tag.hashCode();
  }

  /** {@code NAME:TAG}. */
  @Override
  public String toString() {
    return name + ":" + tag;
  }
}
