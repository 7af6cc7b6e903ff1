/** snapfs tools. */
package io.snapfs.tools;
