/**
 * What every part of the store format shares: names, ids, limits and the errors that users see. The
 * format itself is specified in {@code format/FORMAT.md}.
 *
 * <p>Packages, each using only those before it:
 *
 * <ul>
 *   <li>{@code codec}: how one chunk is stored; {@code chunk}: where a file is cut into chunks
 *   <li>{@code blob}: named immutable blobs in a directory or bucket, publication, sessions, locks
 *   <li>{@code pack}: many stored chunks in one blob; {@code manifest}: an artifact's metadata
 *   <li>{@code profile}: in which order chunks were touched, its recording and its blob
 *   <li>{@code store}: descriptor, listing, removal, gc, verification
 *   <li>{@code write}: from a directory tree to an artifact; {@code read}: from an artifact to
 *       bytes, through the cache; {@code unpack}: from an artifact to a directory tree; {@code
 *       prefetch}: from the disk into the page cache; {@code node}: hot files, decoded, on the node
 * </ul>
 */
package io.snapfs.format;
