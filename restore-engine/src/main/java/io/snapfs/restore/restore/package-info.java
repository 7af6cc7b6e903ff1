/**
 * From an artifact to a running worker: {@link io.snapfs.restore.restore.Restore}.
 *
 * <pre>
 *   artifact ---- small images, copied -----> work folder/images ----.
 *      |                                                             | criu restore
 *      |------- pages-N.img, through FUSE --> work folder/mnt -------'
 *      '------- page faults and filling ----> lazy-pages.socket (mode lazy)
 * </pre>
 *
 * <p>CRIU gets a folder of its own, in which the images up to a mebibyte are copies, so that it, or
 * who patches an image, may write to them; larger ones are links into a private mount. This needs
 * no overlayfs, which cannot be had in every container. The mount goes as soon as CRIU has ended,
 * or, where restores share an artifact, with that: what CRIU has read stays in the page cache
 * between them.
 *
 * <p>Nothing is read ahead on the thread that prepares a restore: CRIU is started as soon as it can
 * be, and what it is going to read comes meanwhile ({@code AheadOfCriu}).
 *
 * <p>What it guarantees: when a restore fails, nothing stays behind: no mount, no socket, no folder
 * and no half-restored process; only the log of CRIU is kept.
 */
package io.snapfs.restore.restore;
