/**
 * Where a file is cut into chunks, as FORMAT.md 3.2 specifies it: the same bytes are cut in the
 * same way by every version and on every machine, or nothing is shared between artifacts.
 *
 * <p>Runs of zero pages are holes. Cut points lie at multiples of 4096 bytes from the file's begin
 * only, since memory images differ by whole pages that moved.
 *
 * <p>{@link io.snapfs.format.chunk.Chunking} is an immutable description; a {@link
 * io.snapfs.format.chunk.Chunker} belongs to one thread. No locks.
 */
package io.snapfs.format.chunk;
