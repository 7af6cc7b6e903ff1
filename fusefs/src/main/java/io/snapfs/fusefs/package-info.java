/**
 * Mounts a store: the tree {@code NAME/TAG/...} of all its artifacts, read-only.
 *
 * <p>{@link io.snapfs.fusefs.Mount} is the way in. Below it:
 *
 * <ul>
 *   <li>{@code view}: a file tree by inode numbers, the contract between the two sides
 *   <li>{@code tree}: the view of a store
 *   <li>{@code transport}: how the kernel's requests reach a view; {@code kernel} and {@code
 *       libfuse} are two ways
 *   <li>{@code rehearsal}: reading while nobody reads, to have it compiled
 * </ul>
 *
 * <p>What holds: a mount that {@code start} returned answers. Damaged data is an error for the
 * reader and a line in the log, never wrong bytes. However the process ends but by SIGKILL, nothing
 * stays mounted; what SIGKILL leaves, the next mount there clears away, also where it hangs ({@code
 * MountOwner}), but never the mount of a living process. The threads that serve a mount never touch
 * a file on it: they would wait for themselves.
 *
 * <p>Lock order: the {@code Mount} itself, then the transport's session; a view's locks are taken
 * with neither held.
 */
package io.snapfs.fusefs;
