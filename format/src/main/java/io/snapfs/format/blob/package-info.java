/**
 * Named immutable blobs: the storage underneath a store. {@link io.snapfs.format.blob.BlobStore} is
 * what an object store would implement; {@code LocalBlobStore} is a directory. The protocol between
 * writers and gc is FORMAT.md section 5.
 *
 * <p>Lock order: {@code gc.lock}, then {@code lock}, then a session's own lock.
 */
package io.snapfs.format.blob;
