package io.snapfs.linux;

import java.nio.charset.StandardCharsets;

/**
 * What uname(2) says about the running system.
 *
 * @param sysname always {@code Linux}
 * @param release such as {@code 6.1.0-18-amd64}, see {@link Kernel}
 * @param version how and when the kernel was built
 * @param machine such as {@code x86_64}
 */
public record Uname(String sysname, String release, String version, String machine) {
  private static final int FIELD_LENGTH = 65; // _UTSNAME_LENGTH

  /** Asks the kernel. */
  public static Uname current() throws LinuxException {
    Scratch scratch = Scratch.get();
    if (Native.system().uname(scratch.address()) != 0) {
      throw LinuxException.last("uname", "");
    }
    return new Uname(field(scratch, 0), field(scratch, 2), field(scratch, 3), field(scratch, 4));
  }

  private static String field(Scratch scratch, int index) {
    int offset = index * FIELD_LENGTH;
    return new String(scratch.string(offset, offset + FIELD_LENGTH), StandardCharsets.UTF_8);
  }
}
