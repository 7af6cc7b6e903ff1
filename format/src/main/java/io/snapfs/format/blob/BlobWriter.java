package io.snapfs.format.blob;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A blob being written: invisible until {@link #publish}. Closing without publishing discards it.
 * Not safe for use by many threads.
 */
public interface BlobWriter extends AutoCloseable {
  /** The key that it will have. */
  String key();

  /** Appends the buffer's remaining bytes. */
  void write(ByteBuffer source) throws IOException;

  /** Bytes written so far. */
  long length();

  /** What to do if the key is taken when a blob is published. */
  enum IfExists {
    /** Fail with {@link io.snapfs.format.AlreadyExistsException}. */
    FAIL,
    /** Replace it, atomically for readers. Only under a {@link SweepLock}. */
    REPLACE
  }

  /** Makes the bytes durable and then visible, atomically. Nothing can be written afterwards. */
  void publish(IfExists ifExists) throws IOException;

  /** Discards the blob unless it was published. Idempotent. */
  @Override
  void close() throws IOException;
}
