package io.snapfs.format.read;

import java.io.IOException;

/** Takes the bytes of a read where they lie, without a copy: see {@link OpenFile#read}. */
@FunctionalInterface
public interface SliceSink {
  /**
   * Is called once, with everything that was asked for. The memory is valid, and must not be
   * written, until this returns. It must not read through the same cache: it would use memory that
   * it then waits for.
   */
  void accept(Slices slices) throws IOException;
}
