/**
 * How requests of the kernel reach a {@link io.snapfs.fusefs.view.FileSystemView}: the contract of
 * a transport, and what transports share.
 */
package io.snapfs.fusefs.transport;
