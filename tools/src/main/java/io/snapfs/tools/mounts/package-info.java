/** The mounts of this machine, as the kernel lists them, and how to take one away. */
package io.snapfs.tools.mounts;
