package io.snapfs.fusefs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Raises how far the kernel reads ahead on a mount. The FUSE protocol itself can only lower it, so
 * it goes through sysfs, which only root may write.
 */
final class Readahead {
  private static final System.Logger LOG = System.getLogger(Readahead.class.getName());
  private static final Path DEVICES = Path.of("/sys/class/bdi");

  private Readahead() {}

  static void set(MountTable.Entry mount, int kib) {
    Path setting = DEVICES.resolve(mount.device()).resolve("read_ahead_kb");
    try {
      Files.write(setting, Integer.toString(kib).getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "the kernel's readahead stays as it is, sequential reads are slower: " + e);
    }
  }
}
