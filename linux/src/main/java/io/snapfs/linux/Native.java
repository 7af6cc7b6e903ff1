package io.snapfs.linux;

import com.kenai.jffi.MemoryIO;
import java.util.Optional;

/**
 * Loads the C library, and says why if it cannot.
 *
 * <p>The bindings are six classes, each made when it is first used. In them a {@code byte[]} is a
 * {@code const char *} and must end in NUL, and an address is a {@code long} called {@code
 * ...Address}. Names and order of arguments are those of the C functions, see the manual pages.
 */
public final class Native {
  private static final NativeLibrary C;
  private static final DataCalls DATA;
  private static final MemoryIO MEMORY;
  private static final String REASON;

  static {
    NativeLibrary c = null;
    DataCalls data = null;
    MemoryIO memory = null;
    String reason = unsupportedPlatform();
    if (reason == null) {
      try {
        c = NativeLibrary.open("libc.so.6");
        data = new DataCalls(c);
        memory = MemoryIO.getInstance();
      } catch (LinkageError | RuntimeException e) {
        reason = describe(e);
      }
    }
    C = c;
    DATA = data;
    MEMORY = memory;
    REASON = reason;
  }

  /** Made when {@link #tree()} is first called. */
  private static final class Tree {
    static final TreeCalls CALLS = new TreeCalls(C);
  }

  /** Made when {@link #system()} is first called. */
  private static final class Sys {
    static final SystemCalls CALLS = new SystemCalls(C);
  }

  /** Made when {@link #device()} is first called. */
  private static final class Device {
    static final DeviceCalls CALLS = new DeviceCalls(C);
  }

  /** Made when {@link #socket()} is first called. */
  private static final class Socket {
    static final SocketCalls CALLS = new SocketCalls(C);
  }

  /** Made when {@link #event()} is first called. */
  private static final class Event {
    static final EventCalls CALLS = new EventCalls(C);
  }

  private Native() {}

  /**
   * Why no native call can be made in this process, for showing to a user; empty where all is well.
   */
  public static Optional<String> unavailableReason() {
    return Optional.ofNullable(REASON);
  }

  /**
   * Calls on open files and memory.
   *
   * @throws UnsupportedOperationException with {@link #unavailableReason()} if no call can be made
   */
  static DataCalls data() {
    checkAvailable();
    return DATA;
  }

  /**
   * Calls on names and attributes.
   *
   * @throws UnsupportedOperationException as {@link #data()}
   */
  static TreeCalls tree() {
    checkAvailable();
    return Tree.CALLS;
  }

  /**
   * Calls on mounts, processes and the system.
   *
   * @throws UnsupportedOperationException as {@link #data()}
   */
  static SystemCalls system() {
    checkAvailable();
    return Sys.CALLS;
  }

  /**
   * Calls on devices.
   *
   * @throws UnsupportedOperationException as {@link #data()}
   */
  static DeviceCalls device() {
    checkAvailable();
    return Device.CALLS;
  }

  /**
   * Calls on sockets.
   *
   * @throws UnsupportedOperationException as {@link #data()}
   */
  static SocketCalls socket() {
    checkAvailable();
    return Socket.CALLS;
  }

  /**
   * Calls that wait on descriptors.
   *
   * @throws UnsupportedOperationException as {@link #data()}
   */
  static EventCalls event() {
    checkAvailable();
    return Event.CALLS;
  }

  /**
   * Buffers over native memory.
   *
   * @throws UnsupportedOperationException as {@link #data()}
   */
  static MemoryIO memory() {
    checkAvailable();
    return MEMORY;
  }

  private static void checkAvailable() {
    if (REASON != null) {
      throw new UnsupportedOperationException(REASON);
    }
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
}
