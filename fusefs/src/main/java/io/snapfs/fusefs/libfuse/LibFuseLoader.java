package io.snapfs.fusefs.libfuse;

import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Runtime;

/** Loads libfuse once; that it can't be loaded is a value to ask about. */
final class LibFuseLoader {
  private static final LibFuse LIBRARY;
  private static final String REASON;

  static {
    LibFuse library = null;
    String reason = null;
    try {
      library =
          LibraryLoader.create(LibFuse.class)
              .option(LibraryOption.LoadNow, true)
              .failImmediately()
              .load("libfuse.so.2");
    } catch (LinkageError | RuntimeException e) {
      reason =
          "libfuse.so.2 can't be loaded (Debian and Ubuntu have it in the package libfuse2 or"
              + " libfuse2t64): "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
    LIBRARY = library;
    REASON = reason;
  }

  private LibFuseLoader() {}

  /** Null if it could be loaded. */
  static String unavailableReason() {
    return REASON;
  }

  static LibFuse library() {
    if (LIBRARY == null) {
      throw new UnsupportedOperationException(REASON);
    }
    return LIBRARY;
  }

  static Runtime runtime() {
    return Runtime.getRuntime(library());
  }
}
