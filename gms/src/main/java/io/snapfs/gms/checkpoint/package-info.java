/**
 * CUDA state of processes, on its way into their memory and back, so that CRIU can dump and restore
 * them: the order of calls, what happens when one fails, and what has to be written down.
 *
 * <p>{@link io.snapfs.gms.checkpoint.CudaUsers} finds the processes, {@link
 * io.snapfs.gms.checkpoint.CudaCheckpoint} takes their state, {@link
 * io.snapfs.gms.checkpoint.CudaFacts} is what an artifact has to say about it, and {@link
 * io.snapfs.gms.checkpoint.CudaRestore} brings it back. Where no process uses CUDA, no driver is
 * looked for.
 */
package io.snapfs.gms.checkpoint;
