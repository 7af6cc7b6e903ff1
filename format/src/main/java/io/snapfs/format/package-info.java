/** snapfs format. */
package io.snapfs.format;
