package io.snapfs.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names and paths as bytes: to the form that C wants, and to a form that people can read. */
public final class Names {
  private Names() {}

  /** The UTF-8 bytes of a name that the program itself chose. */
  public static byte[] of(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * A name for messages and logs: printable ASCII as it is, every other byte and the backslash as
   * {@code \xNN}. Two names that differ never look the same, and nothing can move a terminal's
   * cursor.
   */
  public static String printable(byte[] name) {
    StringBuilder text = new StringBuilder(name.length);
    for (byte b : name) {
      if (b >= 0x20 && b < 0x7f && b != '\\') {
        text.append((char) b);
      } else {
        text.append(String.format("\\x%02x", b));
      }
    }
    return text.toString();
  }

  /**
   * The name with a NUL behind it, for C.
   *
   * @throws LinuxException EINVAL if there is a NUL inside, where C would stop reading and mean
   *     another file
   */
  static byte[] terminated(byte[] name) throws LinuxException {
    for (byte b : name) {
      if (b == 0) {
        throw new LinuxException("name with a NUL byte inside", Errno.EINVAL, printable(name));
      }
    }
    return Arrays.copyOf(name, name.length + 1);
  }
}
