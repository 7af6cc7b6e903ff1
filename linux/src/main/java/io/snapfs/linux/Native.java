package io.snapfs.linux;

import com.kenai.jffi.MemoryIO;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;

/** Loads the C library once, and says why if it cannot. */
public final class Native {
  private static final Libc LIBC;
  private static final MemoryIO MEMORY;
  private static final String REASON;

  static {
    Libc libc = null;
    MemoryIO memory = null;
    String reason = unsupportedPlatform();
    if (reason == null) {
      try {
        libc = load();
        memory = MemoryIO.getInstance();
      } catch (LinkageError | RuntimeException e) {
        reason = describe(e);
      }
    }
    LIBC = libc;
    MEMORY = memory;
    REASON = reason;
  }

  private Native() {}

  /**
   * Why no native call can be made in this process, for showing to a user; empty where all is well.
   */
  public static Optional<String> unavailableReason() {
    return Optional.ofNullable(REASON);
  }

  /**
   * The bindings.
   *
   * @throws UnsupportedOperationException with {@link #unavailableReason()} if there are none
   */
  static Libc libc() {
    Libc libc = LIBC;
    if (libc == null) {
      throw new UnsupportedOperationException(REASON);
    }
    return libc;
  }

  /**
   * Buffers over native memory.
   *
   * @throws UnsupportedOperationException as {@link #libc()}
   */
  static MemoryIO memory() {
    MemoryIO memory = MEMORY;
    if (memory == null) {
      throw new UnsupportedOperationException(REASON);
    }
    return memory;
  }

  private static String describe(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String firstLine = root.toString().lines().findFirst().orElse("");
    return "the C library cannot be called from Java: "
        + firstLine
        + " (jffi unpacks a library into the temporary directory "
        + System.getProperty("java.io.tmpdir")
        + "; if that is full, read-only or mounted noexec, name another one by"
        + " -Djffi.extract.dir)";
  }

  private static String unsupportedPlatform() {
    String os = System.getProperty("os.name", "");
    if (!os.equals("Linux")) {
      return "snapfs runs on Linux, not on " + os;
    }
    if (Arch.current() == Arch.OTHER) {
      return "snapfs runs on x86-64 and aarch64, not on " + System.getProperty("os.arch");
    }
    return null;
  }

  private static Libc load() {
    Libc libc =
        LibraryLoader.create(Libc.class).option(LibraryOption.LoadNow, true).load("libc.so.6");
    libc.getpid(); // fails here rather than later where the stub library is only half there
    return libc;
  }
}
