/** Threads that are there before they are needed. */
package io.snapfs.restore.threads;
