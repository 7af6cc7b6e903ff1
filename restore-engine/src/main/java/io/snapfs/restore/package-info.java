/**
 * From a running worker to an artifact and back: what drives CRIU, serves page faults and puts the
 * steps in order.
 *
 * <ul>
 *   <li>{@code timeline}: when each step of a checkpoint or restore began and ended
 *   <li>{@code criu}: the images of a dump, read; {@code pages}: the page server
 * </ul>
 *
 * <p>Nothing here prints, and nothing ends the process: results and failures are values and
 * exceptions with a message for the user, which {@code io.snapfs.tools} shows.
 */
package io.snapfs.restore;
