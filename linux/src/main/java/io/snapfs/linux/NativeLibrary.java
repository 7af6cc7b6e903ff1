package io.snapfs.linux;

import com.kenai.jffi.Library;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A shared library. Stays loaded until the process ends. Immutable and thread-safe.
 *
 * <p>It is bound with jffi alone, the layer below jnr-ffi: that makes a class for each interface at
 * run time, without which {@code snapfs ls} takes 202 instead of 243 ms.
 */
public final class NativeLibrary {
  /**
   * Keeps them, whatever jffi does with a library that nobody refers to: functions are still
   * called.
   */
  private static final Map<String, NativeLibrary> LOADED = new ConcurrentHashMap<>();

  private final String name;
  private final Library library;

  private NativeLibrary(String name, Library library) {
    this.name = name;
    this.library = library;
  }

  /**
   * Loads it, unless it is loaded already.
   *
   * @param name a file, or a name that the dynamic linker finds
   * @throws UnsatisfiedLinkError with the dynamic linker's message if it can't be
   */
  public static NativeLibrary open(String name) {
    return LOADED.computeIfAbsent(name, NativeLibrary::load);
  }

  private static NativeLibrary load(String name) {
    Library library = Library.openLibrary(name, Library.NOW | Library.LOCAL);
    if (library == null) {
      throw new UnsatisfiedLinkError(Library.getLastError());
    }
    return new NativeLibrary(name, library);
  }

  /**
   * One of its functions.
   *
   * @throws UnsatisfiedLinkError if it has none of that name
   */
  public NativeFunction function(String function) {
    long address = library.getSymbolAddress(function);
    if (address == 0) {
      throw new UnsatisfiedLinkError(name + " has no " + function);
    }
    return new NativeFunction(address);
  }

  @Override
  public String toString() {
    return name;
  }
}
