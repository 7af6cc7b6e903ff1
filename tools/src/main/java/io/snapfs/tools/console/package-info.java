/**
 * How results, errors, progress and log lines reach people and scripts. Results go to standard
 * output, all else to standard error.
 */
package io.snapfs.tools.console;
