package io.snapfs.format.read;

import java.io.IOException;

/** Takes a whole chunk where it lies, without a copy: see {@link ArtifactReader#read}. */
@FunctionalInterface
public interface ChunkSink {
  /**
   * Is called once. The memory is valid, and must not be written, until this returns. It must not
   * read through the same cache: it would use memory that it then waits for.
   *
   * @param address of the chunk's first byte, a multiple of the page size
   * @param length of the chunk in bytes
   * @return what is to become of the chunk
   */
  AfterRead accept(long address, int length) throws IOException;
}
