/**
 * Processes that run: told from strangers that get the same number later, with their memory and
 * their end.
 */
package io.snapfs.restore.process;
