/**
 * Brings the weights of an artifact into the memory of devices: {@link io.snapfs.gms.load.Loader}.
 *
 * <pre>
 *   packs --read, check, decode--> slots of the ring (pinned) --async copies--> slabs
 *            all cores                                          streams of each device
 * </pre>
 *
 * <p><b>How it is fast.</b> A chunk is read where it is needed: one that is stored raw goes from
 * the page cache straight into pinned memory and is checked there, while it is still in the
 * processor's cache; others are decoded there. A slot's worth of chunks is one run, and what lies
 * side by side in a slot and in a slab is one copy. While the driver starts and the server
 * allocates, runs are read and decoded already, as far as the ring has room. Slots are pinned when
 * they have been filled once: memory that was touched is pinned ten times as fast.
 *
 * <p><b>What it guarantees.</b> A chunk is copied only if its checksum was right and it decoded to
 * its length. Nothing is committed unless all of it is there: after a failure what was allocated is
 * given back. No copy is under way when {@link io.snapfs.gms.load.Loader#run} returns or throws.
 *
 * <p><b>Locks.</b> Workers share a counter, the queue of slots and the counters of {@code Phases};
 * nothing is called while one is held. A worker waits for a slot, whose copies end by themselves,
 * and for the targets to be open, which wait for no worker.
 */
package io.snapfs.gms.load;
