package io.snapfs.restore.restore;

import java.io.IOException;

/** Owns what serves the page faults of a lazy restore. */
interface PageSource extends AutoCloseable {
  /**
   * Waits until all memory is there, or the processes are gone.
   *
   * @throws io.snapfs.format.SnapfsException if it could not be served
   */
  void serve() throws IOException, InterruptedException;

  /**
   * Whether it reads pages from the folder of images, so that the mount is needed until the end.
   */
  boolean readsImages();

  /** Ends it; a process whose memory is not all there can't run on. Idempotent. */
  @Override
  void close() throws IOException;
}
