package io.snapfs.tools.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** fio finds every block that it wrote, in random order with four jobs, through the mount. */
class FioIT {
  private static final Path JOBS = Command.REPOSITORY.resolve("bench/fio-verify.fio");

  @TempDir Path folder;

  @Test
  void everyBlockIsAsWritten() throws Exception {
    Path files = Files.createDirectory(folder.resolve("files"));
    Path store = folder.resolve("store");
    fio("randwrite", files);
    Command.snapfs("pack", files, "--store", store, "--name", "fio").succeed();
    try (Mounted mounted = Mounted.at(folder.resolve("mnt"), store)) {
      fio("randread", mounted.tree("fio"));
    }
  }

  private void fio(String pattern, Path files) throws Exception {
    Map<String, String> jobs = Map.of("DIR", files.toString(), "SIZE", "24m", "RW", pattern);
    Command.of("fio", JOBS).in(folder).with(jobs).succeed();
  }
}
