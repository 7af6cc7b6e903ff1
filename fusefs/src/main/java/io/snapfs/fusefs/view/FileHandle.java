package io.snapfs.fusefs.view;

import java.nio.ByteBuffer;

/**
 * Owns one open of a regular file. Reads may come from many threads at once, also of one handle.
 */
public interface FileHandle extends AutoCloseable {
  /**
   * Reads at an offset, as many bytes as the buffer has remaining, fewer only at the end of the
   * file. Advances the buffer's position. Allocates nothing.
   *
   * @param destination a direct buffer; if this throws, its contents are undefined
   * @return bytes read, 0 at or behind the end of the file
   * @throws ErrnoException EIO if stored bytes are damaged or can't be read: never wrong bytes
   */
  int read(long offset, ByteBuffer destination) throws ErrnoException;

  /**
   * lseek(2) with SEEK_DATA.
   *
   * @throws ErrnoException ENXIO if there is no data at or behind the offset
   */
  long seekData(long offset) throws ErrnoException;

  /**
   * lseek(2) with SEEK_HOLE; the end of the file counts as a hole.
   *
   * @throws ErrnoException ENXIO if the offset is at or behind the end of the file
   */
  long seekHole(long offset) throws ErrnoException;

  /** Ends the open; called once, when no read is under way. */
  @Override
  void close();
}
