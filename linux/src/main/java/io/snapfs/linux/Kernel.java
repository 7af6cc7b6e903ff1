package io.snapfs.linux;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of the kernel, for asking whether a feature can be there. Distributions carry features
 * to older versions, so prefer to try the feature itself where that is possible.
 *
 * @param major as in 6 of 6.1.0-18-amd64
 * @param minor as in 1 of 6.1.0-18-amd64
 */
public record Kernel(int major, int minor) {
  private static final Pattern RELEASE =
      Pattern.compile("(\\d{1,6})\\.(\\d{1,6})(\\D.*)?", Pattern.DOTALL);

  /** The version of the running kernel. */
  public static Kernel current() throws LinuxException {
    return parse(Uname.current().release());
  }

  /**
   * Reads a release as uname(2) gives it.
   *
   * @throws IllegalArgumentException if it does not begin with two numbers
   */
  public static Kernel parse(String release) {
    Matcher matcher = RELEASE.matcher(release);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a kernel release: \"" + release + "\"");
    }
    return new Kernel(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Whether it is this version or a later one. */
  public boolean isAtLeast(int wantedMajor, int wantedMinor) {
    return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
