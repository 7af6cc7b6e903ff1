/**
 * The built product from outside: {@code bin/snapfs} as a process, real mounts, and the programs
 * that use them. Run after packaging ({@code mvn verify}). Every test leaves no mount, no process
 * and no file behind, whether it passes or not.
 */
package io.snapfs.tools.it;
