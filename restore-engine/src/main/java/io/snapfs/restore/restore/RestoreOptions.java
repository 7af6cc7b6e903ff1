package io.snapfs.restore.restore;

import io.snapfs.fusefs.transport.Transport;
import io.snapfs.restore.control.ControlFolder;
import io.snapfs.restore.device.DeviceSteps;
import io.snapfs.restore.driver.Criu;
import java.util.List;

/**
 * How to restore.
 *
 * @param transport of the private mount
 * @param control where {@code restore-complete} goes; null if nobody waits for it
 * @param criuOptions more options for {@code criu restore}
 * @param device what to do with devices
 * @param asked is told when the disk has been asked for what the processes need, which then is
 *     asked for as early as that is possible: so that somebody who needs the disk less can wait for
 *     it; null if there is nobody
 * @param phases whether the timeline is to tell CRIU's phases, which makes CRIU slower
 */
public record RestoreOptions(
    Mode mode,
    Transport transport,
    ControlFolder control,
    Criu criu,
    List<String> criuOptions,
    DeviceSteps device,
    Runnable asked,
    boolean phases) {
  /** The same, but nothing is done with devices. */
  public RestoreOptions withoutDevices() {
    return new RestoreOptions(
        mode, transport, control, criu, criuOptions, DeviceSteps.NONE, asked, phases);
  }
}
