/**
 * From a running worker to an artifact: {@link io.snapfs.restore.checkpoint.Checkpoint}.
 *
 * <p>What it guarantees: if any step fails, the worker goes on running, no artifact is visible, and
 * no image stays behind. So CRIU is told to leave the worker stopped, not to kill it; it is killed
 * only when the artifact is published. The one exception is SIGKILL of this process between dump
 * and publication: the worker then stays stopped, until somebody sends it SIGCONT.
 */
package io.snapfs.restore.checkpoint;
