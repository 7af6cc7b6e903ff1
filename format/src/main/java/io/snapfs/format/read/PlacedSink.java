package io.snapfs.format.read;

import java.nio.ByteBuffer;

/** Takes a copy of a run of a file's bytes, and is told their place in the file. */
@FunctionalInterface
public interface PlacedSink {
  /**
   * Is called once. The bytes are there, and must not be written, until this returns, which must
   * not wait for anything: others may wait for the memory.
   *
   * @param offset of the first byte in the file
   * @param bytes a direct buffer; absolute positions only
   * @param index of the first byte in the buffer
   * @param length bytes, at least one
   */
  void accept(long offset, ByteBuffer bytes, int index, int length);
}
