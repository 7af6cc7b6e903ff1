/** snapfs fusefs. */
package io.snapfs.fusefs;
