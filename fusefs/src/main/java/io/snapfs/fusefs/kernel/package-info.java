/**
 * The transport {@code kernel}: speaks the protocol of {@code /dev/fuse} itself, without libfuse.
 * {@link io.snapfs.fusefs.kernel.KernelTransport} is the way in. It needs the right to mount.
 *
 * <pre>
 *   KernelSession --- KernelMount, Handshake (INIT: Greeting, Terms)
 *       | n
 *   ServingThread --- FuseDevice: a queue of the connection (cloned descriptor)
 *       |        '--- Request, Reply: memory of the thread, used again and again
 *       |
 *   PageFeeder --- what short reads had decoded, to the page cache
 *       |
 *   Dispatcher --- InodeRequests, FileRequests, DirectoryRequests ---> FileSystemView
 * </pre>
 *
 * <p>Why it is fast: a window of readahead in flight, one queue a thread, no upcalls out of C; a
 * read is answered by one writev(2) whose pieces lie in the chunk cache, so that the kernel's is
 * the only copy. What a short read had decoded around it is put into the page cache, so that it is
 * decoded once. Measured in DESIGN.md, decision 8.
 *
 * <p>Guarantees: a feature is used only if the kernel offered it. Every request is answered once,
 * whatever it looks like and whatever fails. A READ is answered in full or with an error, because
 * the kernel takes a short one for the end of the file. A READ of cached chunks allocates nothing.
 * When the process dies, the kernel closes the descriptors and fails whatever waits.
 *
 * <p>Structures are those of linux/fuse.h, little-endian like the machines that are supported. Each
 * class that knows one has its table.
 *
 * <p>Locks: none but the monitors of {@code KernelSession}, for closing, {@code Backings} and
 * {@code PageFeeder}, under which nothing is called but ioctl(2) and close(2).
 */
package io.snapfs.fusefs.kernel;
