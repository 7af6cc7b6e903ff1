package io.snapfs.restore.driver;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of CRIU, such as 4.2.1. */
public record CriuVersion(int major, int minor, int patch) implements Comparable<CriuVersion> {
  /** The oldest that we use: the one of Debian 12. */
  public static final CriuVersion OLDEST = new CriuVersion(3, 17, 0);

  private static final Pattern SYNTAX =
      Pattern.compile("Version: (\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?");
  private static final Comparator<CriuVersion> ORDER =
      Comparator.comparingInt(CriuVersion::major)
          .thenComparingInt(CriuVersion::minor)
          .thenComparingInt(CriuVersion::patch);

  /** Finds the version in what {@code criu --version} prints, or in a log. */
  public static Optional<CriuVersion> find(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.find()) {
      return Optional.empty();
    }
    String patch = matcher.group(3);
    return Optional.of(
        new CriuVersion(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            patch == null ? 0 : Integer.parseInt(patch)));
  }

  @Override
  public int compareTo(CriuVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + (patch == 0 ? "" : "." + patch);
  }
}
