package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.DirectoryHandle;

/**
 * A directory that is open.
 *
 * @param isSettled whether its entries never change
 */
record OpenDirectory(DirectoryHandle handle, boolean isSettled) {}
