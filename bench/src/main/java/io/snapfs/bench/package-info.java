/** snapfs bench. */
package io.snapfs.bench;
