/**
 * The server: owns memory of devices, and hands it to clients as the locks allow. It maps nothing
 * and has no context, so nothing that happens on the device can take it down.
 *
 * <pre>
 *   GmsServer    one device and tag: the socket, a thread for each connection
 *   Connection   one client: requests and answers
 *   Space        who holds the memory: states, locks, waiting, events
 *   Layout       what is held: allocations, metadata, the hash over both
 * </pre>
 *
 * <p>States, as clients see them:
 *
 * <pre>
 *   EMPTY --rw--> RW --commit--> COMMITTED --ro--> RO --last ro closes--> COMMITTED
 *     ^            | \
 *     +--closes----+  +--commit_layout--> RW (rw_data) --closes--> LAYOUT_COMMITTED
 * </pre>
 *
 * <p>A connection that asks for rw clears what was there; one for rw_data takes what is sealed as
 * it is. One that ends, for whatever reason, gives its lock back: a writer's that has committed
 * nothing with all its memory. Writers that wait go before readers that come later. Who waits, for
 * a lock or for memory, and goes away, is noticed at once.
 *
 * <p>Lock order: a space's monitor, then nothing. Calls to the driver that may take long are made
 * outside it.
 */
package io.snapfs.gms.server;
