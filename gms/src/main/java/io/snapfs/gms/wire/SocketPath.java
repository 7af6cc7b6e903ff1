package io.snapfs.gms.wire;

import io.snapfs.gms.cuda.GpuUuid;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where the socket of a device's service is, as existing clients look for it. */
public final class SocketPath {
  /** Environment variable that names the folder of the sockets. */
  public static final String FOLDER_VARIABLE = "GMS_SOCKET_DIR";

  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}");

  private SocketPath() {}

  /** {@code $GMS_SOCKET_DIR}, else the folder for temporary files. */
  public static Path defaultFolder() {
    String folder = System.getenv(FOLDER_VARIABLE);
    if (folder == null || folder.isEmpty()) {
      folder = System.getProperty("java.io.tmpdir");
    }
    return Path.of(folder);
  }

  /**
   * The socket's file.
   *
   * @param tag what the memory is for, such as {@code weights}
   * @throws IllegalArgumentException if that can't be part of a name, with a message for the user
   */
  public static Path of(Path folder, GpuUuid device, String tag) {
    check(tag);
    return folder.resolve("gms_" + device + "_" + tag + ".sock");
  }

  /**
   * Checks a tag.
   *
   * @throws IllegalArgumentException as {@link #of}
   */
  public static void check(String tag) {
    if (!TAG.matcher(tag).matches()) {
      throw new IllegalArgumentException(
          "'" + tag + "' can't be a tag: up to 32 letters, digits and _.-");
    }
  }
}
