/**
 * Runs an unmodified CRIU.
 *
 * <p>{@link io.snapfs.restore.driver.CriuFinder} finds one that works on this kernel, {@link
 * io.snapfs.restore.driver.Criu} runs it. What CRIU says goes to its log; when it fails, {@link
 * io.snapfs.restore.driver.CriuFailures} makes one sentence of the log, {@link
 * io.snapfs.restore.driver.CriuException} carries that sentence, and the log is kept where the
 * message says.
 */
package io.snapfs.restore.driver;
