package io.snapfs.linux;

import com.kenai.jffi.Library;

/**
 * A shared library. Stays loaded until the process ends. Immutable and thread-safe.
 *
 * <p>It is bound with jffi alone, the layer below jnr-ffi: that makes a class for each interface at
 * run time, which took 90 ms of each command (a third of its start) for the C library alone.
 */
public final class NativeLibrary {
  private final String name;
  private final Library library;

  private NativeLibrary(String name, Library library) {
    this.name = name;
    this.library = library;
  }

  /**
   * Loads it.
   *
   * @param name a file, or a name that the dynamic linker finds
   * @throws UnsatisfiedLinkError with the dynamic linker's message if it can't be
   */
  public static NativeLibrary open(String name) {
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
