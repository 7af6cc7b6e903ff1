package io.snapfs.gms.cuda;

import com.kenai.jffi.Library;
import io.snapfs.linux.Addresses;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;

/** The loaded driver library: its bindings, each made when it is first used. */
final class CudaLibrary {
  private static final int SUCCESS = 0;

  /** No text of the driver is longer. */
  private static final int MOST_TEXT = 256;

  private final String path;
  private final DriverCalls driver;
  private final Lazy<MemoryCalls> memory = new Lazy<>(MemoryCalls.class);
  private final Lazy<StreamCalls> stream = new Lazy<>(StreamCalls.class);
  private final Lazy<CheckpointCalls> checkpoint = new Lazy<>(CheckpointCalls.class);

  /**
   * Loads it.
   *
   * @param path a file, or a name that the dynamic linker finds
   * @throws UnsatisfiedLinkError if it can't be
   */
  CudaLibrary(String path) {
    open(path); // for its message: jnr-ffi tries other names before it says what was wrong
    this.path = path;
    this.driver = load(DriverCalls.class);
  }

  /**
   * Loads the library, and nothing else. It stays loaded.
   *
   * @throws UnsatisfiedLinkError with the dynamic linker's message if it can't be
   */
  static void open(String path) {
    if (Library.openLibrary(path, Library.NOW | Library.LOCAL) == null) {
      throw new UnsatisfiedLinkError(Library.getLastError());
    }
  }

  /** Bindings that few processes need. */
  private final class Lazy<T> {
    private final Class<T> type;
    private volatile T calls;

    Lazy(Class<T> type) {
      this.type = type;
    }

    T get() {
      T made = calls;
      if (made == null) {
        synchronized (this) {
          made = calls;
          if (made == null) {
            made = load(type);
            calls = made;
          }
        }
      }
      return made;
    }
  }

  private <T> T load(Class<T> calls) {
    return LibraryLoader.create(calls).option(LibraryOption.LoadNow, true).load(path);
  }

  String path() {
    return path;
  }

  DriverCalls driver() {
    return driver;
  }

  MemoryCalls memory() {
    return memory.get();
  }

  StreamCalls stream() {
    return stream.get();
  }

  CheckpointCalls checkpoint() {
    return checkpoint.get();
  }

  /** Throws if a call has failed. */
  void check(int result, String call) throws CudaException {
    if (result != SUCCESS) {
      throw failure(result, call, "");
    }
  }

  /** Throws if a call on something has failed; for calls that are rare, as it makes a text. */
  void check(int result, String call, Object subject) throws CudaException {
    if (result != SUCCESS) {
      throw failure(result, call, String.valueOf(subject));
    }
  }

  CudaException failure(int code, String call, String subject) {
    Arguments arguments = Arguments.get();
    arguments.buffer().putLong(0, 0);
    driver.cuGetErrorName(code, arguments.address());
    String name = textAt(arguments.buffer().getLong(0), "CUDA_ERROR_" + code);
    arguments.buffer().putLong(0, 0);
    driver.cuGetErrorString(code, arguments.address());
    String text = textAt(arguments.buffer().getLong(0), "");
    return new CudaException(call, subject, code, name, text);
  }

  /** A constant of the driver, of which as many bytes are read as it has. */
  private static String textAt(long address, String otherwise) {
    if (address == 0) {
      return otherwise;
    }
    int length = 0;
    while (length < MOST_TEXT && Addresses.view(address + length, 1).get(0) != 0) {
      length++;
    }
    return Arguments.text(Addresses.view(address, length));
  }
}
