/**
 * Sessions of this program with a GMS server, which owns the memory: {@link
 * io.snapfs.gms.session.GmsTarget} to fill it, {@link io.snapfs.gms.session.GmsWeights} to read it.
 * Both hold a lock as long as they are open, and map every allocation.
 */
package io.snapfs.gms.session;
