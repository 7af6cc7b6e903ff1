package io.snapfs.restore.device;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Takes the device state of processes into their memory before a dump, and back afterwards. CUDA:
 * the driver's checkpoint API. Each method does all of the processes or throws, and then none is
 * left half way. For one checkpoint or one restore, by one thread at a time.
 */
public interface DeviceSteps {
  /** For processes that use no device. */
  DeviceSteps NONE =
      new DeviceSteps() {
        @Override
        public Map<String, String> beforeDump(List<Integer> pids) {
          return Map.of();
        }

        @Override
        public void goOn() {}

        @Override
        public void beforeRestore(Map<String, String> provenance, byte[] files) {}

        @Override
        public void afterRestore(int root) {}
      };

  /**
   * Stops the use of devices and moves what they hold into the memory of the processes (CUDA: lock,
   * checkpoint).
   *
   * @return what a restore must know, for the artifact's provenance
   */
  Map<String, String> beforeDump(List<Integer> pids) throws IOException;

  /**
   * Moves it back, where processes that were dumped, or should have been, go on running (CUDA:
   * restore, unlock). Without effect if {@link #beforeDump} moved nothing.
   */
  void goOn() throws IOException;

  /**
   * Checks whether the devices of an artifact can be had, before anything is restored.
   *
   * @param provenance the artifact's
   * @param files CRIU's image of the files that the processes have open or map; empty if it is not
   *     known
   */
  void beforeRestore(Map<String, String> provenance, byte[] files) throws IOException;

  /**
   * Moves it back, when processes were restored and run.
   *
   * @param root of the processes
   */
  void afterRestore(int root) throws IOException;
}
