/**
 * The root filesystem of a worker: what it had changed in it goes with its artifact, as a tar of an
 * overlayfs upper layer, and is applied to another root filesystem before its processes are
 * restored ({@link io.snapfs.restore.rootfs.RootfsDiff}).
 *
 * <p>What it guarantees: nothing outside of the target is touched, whatever names and links the tar
 * or the target has. No symbolic link is followed: an upper layer names files by where they really
 * are.
 */
package io.snapfs.restore.rootfs;
