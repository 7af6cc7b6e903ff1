package io.snapfs.gms.cuda;

import io.snapfs.linux.Addresses;
import io.snapfs.linux.NativeLibrary;
import java.util.function.Function;

/** The loaded driver library: its bindings, each made when it is first used. */
final class CudaLibrary {
  private static final int SUCCESS = 0;

  /** No text of the driver is longer. */
  private static final int MOST_TEXT = 256;

  private final NativeLibrary library;
  private final DriverCalls driver;
  private final Lazy<MemoryCalls> memory = new Lazy<>(MemoryCalls::new);
  private final Lazy<StreamCalls> stream = new Lazy<>(StreamCalls::new);
  private final Lazy<CheckpointCalls> checkpoint = new Lazy<>(CheckpointCalls::new);

  /**
   * Loads it.
   *
   * @param path a file, or a name that the dynamic linker finds
   * @throws UnsatisfiedLinkError if it can't be
   */
  CudaLibrary(String path) {
    library = NativeLibrary.open(path);
    driver = new DriverCalls(library);
  }

  /** Bindings that few processes need. */
  private final class Lazy<T> {
    private final Function<NativeLibrary, T> binding;
    private volatile T calls;

    Lazy(Function<NativeLibrary, T> binding) {
      this.binding = binding;
    }

    T get() {
      T made = calls;
      if (made == null) {
        synchronized (this) {
          made = calls;
          if (made == null) {
            made = binding.apply(library);
            calls = made;
          }
        }
      }
      return made;
    }
  }

  String path() {
    return library.toString();
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
