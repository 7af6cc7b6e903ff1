/**
 * The portable transport: libfuse 2.9 ({@code libfuse.so.2}), with jnr-fuse for the layout of its
 * structures on each architecture. It needs nothing but the permission to run fusermount.
 *
 * <p>It speaks libfuse's <em>low-level</em> interface, by inode number, and not the path-based one
 * of jnr-fuse's {@code FuseStubFS}, for reasons that can't be worked around above it:
 *
 * <ul>
 *   <li>The path-based interface gives an artifact that was removed and published again under its
 *       old name the old inodes, and so the old pages from the kernel's cache: stale data.
 *   <li>Its timeouts are one number for all; here names of artifacts are asked again soon and what
 *       is inside them never.
 *   <li>It turns names into Java strings, and not all names are strings.
 *   <li>Its loops run on native threads, which attach to and detach from the JVM for each of their
 *       first thousand requests. {@link io.snapfs.fusefs.libfuse.LibfuseSession} runs the loop on
 *       Java threads: attached once, and as many as it likes.
 * </ul>
 *
 * <p>Its limits are libfuse 2's: 128 KiB a request, one copy, no readdirplus, no lseek (the kernel
 * then takes files to have no holes).
 */
package io.snapfs.fusefs.libfuse;
