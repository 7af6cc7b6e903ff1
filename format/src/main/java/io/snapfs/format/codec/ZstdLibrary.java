package io.snapfs.format.codec;

import com.github.luben.zstd.util.Native;
import io.snapfs.format.SnapfsException;
import java.io.UncheckedIOException;

/** The native zstd library, which is unpacked to a temporary folder and loaded from there. */
final class ZstdLibrary {
  private ZstdLibrary() {}

  /**
   * Loads the library if that hasn't been done. To be called before any other class of zstd-jni is
   * touched: they would fail in their initialisers, and the second time without saying why.
   *
   * @throws UncheckedIOException if it doesn't load, as in a folder that is mounted noexec; its
   *     cause tells users what to do
   */
  static void require() {
    try {
      Native.load();
    } catch (LinkageError e) {
      String folder = System.getProperty("ZstdTempFolder", System.getProperty("java.io.tmpdir"));
      throw new UncheckedIOException(
          new SnapfsException(
              "the zstd library can't be unpacked to "
                  + folder
                  + " and loaded from there ("
                  + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                  + "); name a folder that may be written and executed from with"
                  + " SNAPFS_JAVA_OPTS=-DZstdTempFolder=DIR",
              e));
    }
  }
}
