/**
 * How fast an artifact is read: the work behind {@code snapfs bench}.
 *
 * <p>It is part of the command line and not of the module {@code bench}, since that lies above this
 * one and users don't install it.
 *
 * <p>What is measured is a mount that another process serves: a process that reads its own mount
 * would measure its own garbage collector, and may wait for itself.
 */
package io.snapfs.tools.bench;
