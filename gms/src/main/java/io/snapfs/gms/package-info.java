/**
 * The GPU memory service: device memory that outlives the worker which uses it, and what it takes
 * to checkpoint a process that holds device state.
 *
 * <ul>
 *   <li>{@link io.snapfs.gms.cuda}: the CUDA driver, called from Java.
 *   <li>{@link io.snapfs.gms.wire}: the messages of the service.
 *   <li>{@link io.snapfs.gms.server}: the service itself, and {@link io.snapfs.gms.client}: its
 *       client.
 *   <li>{@link io.snapfs.gms.weights}: weights as files, and where they belong; {@link
 *       io.snapfs.gms.load}: brings them there, {@link io.snapfs.gms.save}: and back; {@link
 *       io.snapfs.gms.session}: both with a service.
 *   <li>{@link io.snapfs.gms.checkpoint}: CUDA state of processes, before a dump and after a
 *       restore.
 * </ul>
 */
package io.snapfs.gms;
