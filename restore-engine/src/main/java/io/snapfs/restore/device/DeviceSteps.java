package io.snapfs.restore.device;

import java.io.IOException;
import java.util.List;

/**
 * Takes the device state of processes into their memory before a dump and back afterwards. CUDA:
 * the driver's checkpoint API. Each method does all of the processes or throws, and then none is
 * left half way. Called by one thread.
 */
public interface DeviceSteps {
  /** For processes that use no device. */
  DeviceSteps NONE =
      new DeviceSteps() {
        @Override
        public void beforeDump(List<Integer> pids) {}

        @Override
        public void resume(List<Integer> pids) {}
      };

  /**
   * Stops the use of devices and moves what they hold into the memory of the processes (CUDA: lock,
   * checkpoint).
   */
  void beforeDump(List<Integer> pids) throws IOException;

  /**
   * Moves it back and lets the processes go on (CUDA: restore, unlock): after a restore, and where
   * a process that was dumped goes on running.
   */
  void resume(List<Integer> pids) throws IOException;
}
