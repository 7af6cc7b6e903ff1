package io.snapfs.format.read;

/** Takes a run of a file's bytes where they lie in memory, and is told their place in the file. */
@FunctionalInterface
public interface PlacedSink {
  /**
   * Is called once. The memory is valid, and must not be written, until this returns. It must not
   * read through the same cache.
   *
   * @param offset of the first byte in the file
   * @param address of the first byte in memory
   * @param length bytes, at least one
   */
  void accept(long offset, long address, int length);
}
