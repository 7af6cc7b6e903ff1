package io.snapfs.format.blob;

import io.snapfs.format.PackId;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A writer in flight. While it is open, gc keeps every pack that it pinned. If its process dies,
 * the next writing command removes what it left. Safe for use by many threads.
 */
public interface WriteSession extends AutoCloseable {
  /** Begins a blob. */
  BlobWriter create(String key) throws IOException;

  /**
   * Protects a visible pack from gc for the life of the session.
   *
   * @return false if the pack isn't there any more: do not refer to it
   */
  boolean pin(PackId pack) throws IOException;

  /**
   * Protects a pack that this session is about to publish. Called before {@link
   * BlobWriter#publish}.
   */
  void pinOwn(PackId pack) throws IOException;

  /** A local directory for temporary files; it is removed with the session. */
  Path scratch();

  /** Ends the session, discards blobs that were not published. Idempotent. */
  @Override
  void close() throws IOException;
}
