/**
 * The command line {@code snapfs}. {@link io.snapfs.tools.Main} is the entry and the only place
 * that ends the process; {@code command} has one class per command, {@code option} what their
 * options mean, {@code console} how results, errors, progress and log lines are shown.
 *
 * <p>Nothing here knows the format: commands call {@code io.snapfs.format}, {@code
 * io.snapfs.fusefs} and {@code io.snapfs.restore} and show what comes back. The fields of {@code
 * --json} are specified in {@code docs/json.md}; scripts rely on them and on the exit codes of
 * {@link io.snapfs.tools.command.ExitCode}.
 */
package io.snapfs.tools;
