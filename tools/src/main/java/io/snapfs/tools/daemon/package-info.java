/**
 * How {@code bin/snapfs restore} and {@code bin/snapfs gms load} talk to {@code snapfs daemon}.
 *
 * <p><b>Why FIFOs.</b> A client that is a Java program would take longer to start than the whole
 * restore may. So the client is the launcher, a plain shell script, which has no sockets, and the
 * tools that do aren't on every machine; FIFOs are. They lie in a folder that only root can enter
 * (mode 0700, which the daemon checks), and so nobody else can ask for anything: what a socket's
 * mode and the credentials of its peer would give.
 *
 * <p><b>Why the client runs CRIU.</b> What is restored belongs where it was asked for: into the
 * pid, mount and network namespaces, the control group and below the parent of whoever called
 * {@code snapfs restore}. The daemon opens the artifact, lays out the images and fills memory; for
 * that it need not be there. Of the client's mount namespace it only wants that the daemon's folder
 * is seen under the same name. Weights are loaded by the daemon alone: {@code gms load} only waits
 * and prints, and a restore with {@code --gms-load} has them loaded from the moment of the request.
 *
 * <p>{@code args} holds, each ended by a NUL: the working folder, {@code SNAPFS_CRIU}, the client's
 * process id, {@code GMS_SOCKET_DIR}, what chooses the CUDA driver ({@link
 * io.snapfs.tools.daemon.Client#driverOf}), and the command line.
 *
 * <pre>
 *   client                                              daemon
 *   makes DIR/clients/X.args, X.in, X.out
 *   X into DIR/requests                --------------->
 *                                      <---- out ------ ok
 *                                      <---- out ------ run N, and N lines: a file for CRIU's output,
 *                                                       the words of its command line
 *                                                       (or no N: restore without me; fail CODE N)
 *   runs CRIU, then its exit code      ----- in ------>
 *                                      <---- out ------ runs: the processes do; weights may follow
 *   writes restore-complete
 *                                      <---- out ------ done PID N, and N lines to print
 *                                                       (or fail CODE N, and N lines of errors)
 * </pre>
 *
 * <p>Of {@code gms load} there is nothing between {@code ok} and {@code done} (or no, or fail).
 *
 * <p><b>Who dies when.</b> Who writes into a FIFO that nobody reads is told so: a client sees at
 * once that there is no daemon, and restores without one. It sees the end of {@code out} when the
 * daemon dies later. When the client dies before it has told CRIU's exit code, the daemon sees the
 * end of {@code in} and gives the restore up: processes that are half restored are killed, and
 * weights are not loaded any further. After that the client is not needed. A client of {@code gms
 * load} that dies takes its load along. A daemon that is killed takes the processes along whose
 * memory was not complete (see {@code io.snapfs.restore.pages}), and no others; on SIGTERM it fills
 * them first.
 */
package io.snapfs.tools.daemon;
