/** What the launcher is told of a mount in the background. */
package io.snapfs.tools.mounts;
