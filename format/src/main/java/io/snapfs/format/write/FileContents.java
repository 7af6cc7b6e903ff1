package io.snapfs.format.write;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the bytes of some files come from, if not from the files: what is packed need not be on a
 * disk. The file in the packed folder is a sparse one then, which says how long it is. Called by
 * the walker's thread.
 */
@FunctionalInterface
public interface FileContents {
  /** All bytes are those of the files. */
  FileContents OF_THE_FILES = path -> null;

  /** The bytes of one file. */
  @FunctionalInterface
  interface Bytes {
    /**
     * Reads once into a direct buffer, between its position and its limit; may or may not advance
     * its position.
     *
     * @param offset in the file
     * @return how many bytes were read, at least one before the end; 0 at the end
     */
    int read(ByteBuffer target, long offset) throws IOException;
  }

  /**
   * The bytes of a file; null if they are in the file.
   *
   * @param path raw bytes, relative to the packed folder, separated by slashes
   */
  Bytes of(byte[] path) throws IOException;
}
