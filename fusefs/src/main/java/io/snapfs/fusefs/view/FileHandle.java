package io.snapfs.fusefs.view;

import io.snapfs.format.read.PlacedSink;
import io.snapfs.linux.Fd;

/**
 * Owns one open of a regular file. Reads may come from many threads at once, also of one handle.
 */
public interface FileHandle extends AutoCloseable {
  /** Most bytes of a read. */
  int MAX_READ = 1 << 20;

  /**
   * Reads at an offset. Allocates nothing.
   *
   * @param length up to {@link #MAX_READ}
   * @param sink gets all of it, unless the result is 0 or this throws before
   * @return bytes handed to the sink: fewer than {@code length} only at the end of the file, 0 at
   *     or behind it
   * @throws ErrnoException EIO if stored bytes are damaged or can't be read: never wrong bytes
   */
  int read(long offset, int length, ReadSink sink) throws ErrnoException;

  /**
   * Hands out what is at hand around an offset, decoded for a read of it: an offer, which costs no
   * I/O. May be called while reads are under way, and after {@link #close}, when there is nothing.
   *
   * @param sink called at most once
   */
  default void readAround(long offset, PlacedSink sink) {}

  /**
   * Decodes something near an offset, where a short read was, that was not handed out around it or
   * near it before, and hands it out: as long as a processor has nothing else to do. May be called
   * when {@link #readAround} may.
   *
   * @param sink called at most once
   * @return whether it was called
   */
  default boolean readOn(long offset, PlacedSink sink) {
    return false;
  }

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

  /**
   * A file of the node that has the same bytes at the same offsets, which a transport may hand to
   * the kernel so that reads no longer come here. It stays open, and the same, until {@link
   * #close}. Handles of one inode may have different ones, or none.
   *
   * @return null if there is none
   */
  default Fd backing() {
    return null;
  }

  /** Ends the open; called once, when no read is under way. */
  @Override
  void close();
}
