/** Loading and saving against a server, with the stand-in for the driver. */
package io.snapfs.gms.session;
