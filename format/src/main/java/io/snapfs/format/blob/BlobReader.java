package io.snapfs.format.blob;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One open blob. Closing is idempotent; reads may come from many threads at once. */
public interface BlobReader extends AutoCloseable {
  /** The blob as a user can find it (path or URL), for messages. */
  String describe();

  /** Length in bytes when it was opened. */
  long length();

  /**
   * Fills the buffer's remaining bytes from {@code position}.
   *
   * @param position byte offset in the blob
   * @param destination a direct buffer
   * @throws io.snapfs.format.CorruptException if the blob ends before (somebody truncated it)
   */
  void readFully(long position, ByteBuffer destination) throws IOException;

  /** Asks for a range to be brought near, without waiting for it: advice, which may be ignored. */
  default void willNeed(long position, long length) throws IOException {}

  /** Whether a range is known to be near, so that reading it waits for nothing. */
  default boolean isNear(long position, long length) throws IOException {
    return false;
  }

  /**
   * The whole blob as a read-only little-endian buffer, mapped where that is possible. It stays
   * valid after {@link #close()}.
   *
   * @throws io.snapfs.format.CorruptException if it is 2 GiB or longer
   */
  ByteBuffer map() throws IOException;

  @Override
  void close() throws IOException;
}
