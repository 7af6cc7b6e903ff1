/**
 * Where the time of a checkpoint or restore goes: {@link io.snapfs.restore.timeline.Timeline}
 * collects steps from every thread that takes part, and is shown as a table or a trace.
 */
package io.snapfs.restore.timeline;
