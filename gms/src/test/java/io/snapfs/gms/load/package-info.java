/** The loader, against the stand-in for the driver and memory that no server owns. */
package io.snapfs.gms.load;
