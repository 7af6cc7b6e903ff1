/**
 * From a directory tree to an artifact: what {@code snapfs pack} does.
 *
 * <p>Data flows through three stages, each in order where order matters:
 *
 * <pre>
 *   walker (caller's thread)      workers (all cores)              sink (one thread)
 *   stat, names, xattrs  ------------------------------------>  manifest tables
 *   read, find holes and cuts --> SHA-256, look for the chunk --> pack files, extents,
 *   in windows of 4 MiB           in the store, encode            in the order of the files
 * </pre>
 *
 * <p>Memory is bounded by the number of windows, which the walker waits for; tables that grow with
 * the input lie in the session's scratch directory. A worker writes the encoded chunk over its
 * plain bytes, which are needed no more, so that a chunk needs one buffer.
 *
 * <p>Guarantees: an artifact becomes visible only when everything it refers to is durable; it
 * refers to no stored chunk whose checksum was not seen to be right by this run; a source file that
 * changes while it is read fails the run. On failure nothing becomes visible; packs that were
 * complete stay and are used by the next run or freed by gc.
 *
 * <p>Locks: the manifest builder's monitor and the session id table's monitor are both leaves;
 * nothing is called while one is held.
 */
package io.snapfs.format.write;
