package io.snapfs.format.blob;

import io.snapfs.format.PackId;
import java.io.IOException;
import java.util.Set;

/** Exclusive right to delete and replace blobs, see {@link BlobStore#lockForSweep()}. */
public interface SweepLock extends AutoCloseable {
  /**
   * Packs that live sessions rely on. Read it <em>before</em> the manifests: a writer that
   * publishes in between is then seen by one or the other.
   *
   * @param except a session whose pins don't count (gc's own), or null
   */
  Set<PackId> pinned(WriteSession except) throws IOException;

  /**
   * Deletes a blob if it is there; a power cut does not bring it back. Who has it open reads on
   * where the store can do that ({@link BlobStore#open}).
   *
   * @return false if there was none
   */
  boolean delete(String key) throws IOException;

  /** Bytes that {@link #cleanDeadSessions} would free. */
  long deadSessionBytes() throws IOException;

  /** Removes what dead sessions left. Returns the bytes freed. */
  long cleanDeadSessions() throws IOException;

  @Override
  void close() throws IOException;
}
