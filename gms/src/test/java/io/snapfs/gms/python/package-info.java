/** The Python worker library, tested by its own tests, against the stand-in for the driver. */
package io.snapfs.gms.python;
