/**
 * The files that a dumped process had mapped: libraries, mostly. CRIU dumps none of their pages but
 * those that the process changed, and a restored process maps the files again and takes each page
 * out of them when it first touches it. After a restart of the node, or on another one, that is a
 * random read of the disk for every touch, beside a restore that keeps the disk busy; a changed
 * page costs the same, since the kernel reads it before CRIU writes over it.
 *
 * <p>So a checkpoint notes which pages the process had in memory ({@link
 * io.snapfs.restore.files.ResidentPages}), in a file beside the images ({@link
 * io.snapfs.restore.files.MappedFiles}), and which of them CRIU needs; a restore asks the kernel
 * for those first of all, in large requests, and then for what processes may touch ({@link
 * io.snapfs.restore.files.FilesAhead}). It is advice like a profile: what is damaged, missing or
 * different now is left out, and the restore goes on without.
 *
 * <p>No locks.
 */
package io.snapfs.restore.files;
