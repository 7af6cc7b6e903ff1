/**
 * What a transport serves: a read-only file tree by inode numbers, independent of how requests
 * arrive. {@link io.snapfs.fusefs.view.FileSystemView} is the contract; {@code tree} implements it
 * over a store, transports call it.
 *
 * <p>Everything that fails throws {@link io.snapfs.fusefs.view.ErrnoException} with the number that
 * the caller of the system call gets to see; why it failed has been logged before. Everything may
 * be called by many threads at once.
 */
package io.snapfs.fusefs.view;
