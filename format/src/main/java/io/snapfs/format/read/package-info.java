/**
 * From an artifact to bytes: {@link io.snapfs.format.read.ArtifactReader} opens files, {@link
 * io.snapfs.format.read.OpenFile} reads them, through one {@link io.snapfs.format.read.ChunkCache}
 * for all artifacts of a process.
 *
 * <pre>
 *   OpenFile --- pass, get, acquire -> ChunkLoader ---> ResidentChunks (Caffeine)
 *      | advance, fetch                  |   |   '----> Fills (who is loading what)
 *   ReadAhead                            |   '--------> SlabMemory (slots for plain bytes)
 *      | add                             '------------> DecodeContexts ---> store
 *   RunPlanner --- ChunkRun ---> DecodePool, calls ChunkLoader.loadAhead
 *      | add
 *   Replay (one an artifact that has a profile) <--- touched --- OpenFile
 * </pre>
 *
 * <p>What it guarantees:
 *
 * <ul>
 *   <li>A chunk is handed out only if its stored bytes have the right checksum and decode to
 *       exactly its length. Failures aren't remembered.
 *   <li>However many readers want a chunk, one thread decodes it.
 *   <li>What is read once, forwards, goes from read-ahead to its readers without entering the
 *       cache: putting it there and taking it out again cost 4 % of a sequential read.
 *   <li>Decoded chunks never take more memory than {@link
 *       io.snapfs.format.read.CacheStats#boundBytes()}. Memory is freed when the cache has evicted
 *       a chunk and its last user has released it, and never before.
 *   <li>Everything may be closed at any time, by any thread: what is in flight finishes, the rest
 *       is refused or cancelled, and the last one out frees the memory and closes the packs.
 *   <li>A read of cached chunks allocates nothing on the heap and takes no lock but the file's
 *       read-ahead monitor, briefly.
 * </ul>
 *
 * <p><b>Why nobody waits forever.</b> Threads wait for four things: slots of memory, decode
 * contexts, a chunk that another thread loads, the copy buffer.
 *
 * <ol>
 *   <li>Only readers that use no chunk and hold no slot and no context wait for memory. A reader
 *       that collects several chunks ({@code read} into a {@code SliceSink}) asks without waiting
 *       once it uses one; if that fails it lets go of all, and copies chunk by chunk through the
 *       copy buffer instead. Read-ahead never waits for memory: it drops the order.
 *   <li>Hence every byte of memory that is not merely kept by the cache belongs to a reader that
 *       copies or sends (and ends by itself), to a load that has all its memory (and ends after a
 *       decode context and the store), or to read-ahead's budget. The first two end without waiting
 *       for memory; the cache gives up what exceeds its capacity when a waiter asks; the bound is
 *       capacity + budget + two of the longest chunks. So memory for the first in line comes, and
 *       waiters are served in order.
 *   <li>Decode contexts are given back after one read of the store and the decoding of what it
 *       brought: they come round. A reader who loads one chunk borrows after he got the memory; one
 *       who does a whole run takes memory while he has a context, but never waits for it.
 *   <li>What was ordered ahead and nobody has begun with is done by the first reader who comes for
 *       it, so no reader depends on the threads of the pool, which rest while all processors are
 *       busy.
 *   <li>A reader that waits for another's load either uses no chunk (then 2 applies to the other
 *       one), or the other one has its memory already ({@code Fill.Turn.REFUSED} otherwise).
 *   <li>The copy buffer is waited for by readers that use no chunk. Its holder may wait for memory,
 *       one chunk at a time: 2 applies.
 * </ol>
 *
 * <p><b>Lock order</b>: monitor of a {@code ReadAhead} or of a {@code Replay}; Caffeine's eviction
 * lock; then one of, never two: the lock of {@code SlabMemory}, the monitor of a {@code Fill}, of
 * {@code DecodePool}, of {@code DecodeContexts}, of {@code PackStreams}. The lock of the copy
 * buffer comes before all of these.
 */
package io.snapfs.format.read;
