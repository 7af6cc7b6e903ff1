/** snapfs linux. */
package io.snapfs.linux;
