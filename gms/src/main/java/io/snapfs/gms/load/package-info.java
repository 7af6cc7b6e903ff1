/**
 * Brings the weights of an artifact into the memory of devices: {@link io.snapfs.gms.load.Loader}.
 *
 * <pre>
 *   packs --read, check, decode--> slots of the cache (pinned) --async copies--> slabs
 *            all cores                                           streams of each device
 * </pre>
 *
 * <p><b>How it is fast.</b> A chunk is read where it is needed: one that is stored raw goes from
 * the page cache straight into pinned memory and is checked there, while it is still in the
 * processor's cache; others are decoded there. A slot's worth of chunks is one run, and what lies
 * side by side in a slot and in a slab is one copy. While the driver starts and the server
 * allocates, runs are read and decoded already, as far as the cache has room. Slots are pinned when
 * they have been filled once: memory that was touched is pinned ten times as fast.
 *
 * <p><b>What stays.</b> A slot keeps its run until it is needed for another one ({@link
 * io.snapfs.gms.load.WeightsCache}). A load that has a cache to itself uses it as a ring; loads
 * that share one find what those before have decoded, and then only copy: first what is there, so
 * that the device has something to do while the rest is read. What is left before the first copy is
 * the server's work, and after the last one its commit: names are put meanwhile, and memory is
 * unmapped after the commit.
 *
 * <p><b>What it guarantees.</b> A chunk is copied, and its slot found by others, only if its
 * checksum was right and it decoded to its length. Nothing is committed unless all of it is there:
 * after a failure what was allocated is given back, at the latest when the server has answered. No
 * copy is under way when {@link io.snapfs.gms.load.Loader#run} returns or throws.
 *
 * <p><b>Locks.</b> Workers share counters, the cache's monitor and the counters of {@code Phases};
 * nothing is called while one is held but the opening of a context. A worker waits for a slot, and
 * for the targets to be open, but never for the second while it holds the first: so loads that
 * share a cache don't wait for each other's servers. A slot that is held is being filled, which
 * waits for nobody, or copied from, which ends by itself ({@code InFlight}).
 */
package io.snapfs.gms.load;
