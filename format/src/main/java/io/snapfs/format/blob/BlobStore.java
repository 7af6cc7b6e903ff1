package io.snapfs.format.blob;

import java.io.Closeable;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Named, immutable blobs: a directory or a bucket prefix. This is all that the format needs of a
 * storage system, and small enough that an object store can implement it.
 *
 * <p>Keys are relative slash-separated ASCII paths (FORMAT.md section 1). A blob is visible whole
 * or not at all. Instances are safe for use by many threads. Messages of exceptions name the blob
 * as a user can find it.
 */
public interface BlobStore extends AutoCloseable {
  /** The directory or URL, for messages. */
  String location();

  /** Name of a blob for messages: a path or URL. */
  String describe(String key);

  /**
   * Opens a blob for reading. It stays readable until closed even if it is deleted meanwhile
   * (directory), or fails with {@link io.snapfs.format.MissingException} on the next read (bucket).
   *
   * @throws io.snapfs.format.MissingException if there is no such blob
   */
  BlobReader open(String key) throws IOException;

  /** True if the blob is visible now. */
  boolean exists(String key) throws IOException;

  /**
   * Calls {@code each} for every visible blob whose key begins with {@code prefix} (which ends with
   * a slash), in no order.
   */
  void list(String prefix, Consumer<BlobInfo> each) throws IOException;

  /**
   * Begins a writing session: under it blobs are created and packs are pinned against gc. Cleans up
   * what dead sessions left, if nobody holds it up.
   *
   * @throws io.snapfs.format.SnapfsException if the store can't be written
   */
  WriteSession beginWrite() throws IOException;

  /**
   * Waits until no writer is pinning, then keeps all of them from pinning until closed: the only
   * state in which blobs may be deleted or replaced. Hold it briefly.
   */
  SweepLock lockForSweep() throws IOException;

  /**
   * Takes the lock that makes a gc the only one.
   *
   * @return the lock, or null if another gc runs
   */
  Closeable tryLockForGc() throws IOException;

  @Override
  void close() throws IOException;
}
