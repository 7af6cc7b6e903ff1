/**
 * Warms a node on purpose: what {@code snapfs prefetch} does. {@link
 * io.snapfs.format.prefetch.Prefetch} reads the stored bytes of an artifact once, in large pieces
 * and several at a time, so that they lie in the system's page cache when they are wanted.
 *
 * <p>It reads in the order of the packs, profile or not: all of it is fetched, and that is the
 * order in which a disk is fastest. Nothing is decoded, checked or kept by this process. Memory is
 * 4 MiB a job, and 16 bytes for each range of stored chunks. No locks.
 */
package io.snapfs.format.prefetch;
