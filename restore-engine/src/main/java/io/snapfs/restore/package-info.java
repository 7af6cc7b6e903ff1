/**
 * From a running worker to an artifact and back: what drives CRIU, serves page faults and puts the
 * steps in order.
 *
 * <ul>
 *   <li>{@code process}: processes that run; {@code control}: the workload contract's sentinels;
 *       {@code device}: where CUDA plugs in
 *   <li>{@code driver}: finds and runs CRIU; {@code timeline}: when each step began and ended
 *   <li>{@code parts}: what a checkpoint folder holds; {@code checkpoint}: from a process to an
 *       artifact
 *   <li>{@code criu}: the images of a dump, read; {@code pages}: the page server; {@code restore}:
 *       from an artifact to a process
 * </ul>
 *
 * <p>Nothing here prints, and nothing ends the process: results and failures are values and
 * exceptions with a message for the user, which {@code io.snapfs.tools} shows.
 */
package io.snapfs.restore;
