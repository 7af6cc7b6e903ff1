package io.snapfs.tools.bench;

import io.snapfs.format.store.Store;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Open;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes the kernel forget what it holds of files. What is dirty or in use stays. */
public final class PageCaches {
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
  private static final String PAGES_AND_NAMES = "3\n";

  private PageCaches() {}

  /** Forgets the contents of one file. */
  public static void forget(Path file) throws LinuxException {
    byte[] path = file.toString().getBytes(StandardCharsets.UTF_8);
    try (Fd fd = Open.at(Fd.CWD, path, Open.O_RDONLY)) {
      FileSync.advise(fd, 0, 0, FileSync.POSIX_FADV_DONTNEED);
    }
  }

  /**
   * Forgets the packs of a store in a directory.
   *
   * @return how many
   */
  public static int forgetPacks(Store store) throws IOException {
    List<String> keys = new ArrayList<>();
    store.blobs().list("packs/", info -> keys.add(info.key()));
    for (String key : keys) {
      forget(Path.of(store.location(), key));
    }
    return keys.size();
  }

  /**
   * Forgets all files and names of this machine.
   *
   * @return false if this process may not
   */
  public static boolean forgetAll() {
    try {
      Files.writeString(DROP_CACHES, PAGES_AND_NAMES);
      return true;
    } catch (IOException e) {
      return false; // only root may, and not in every container
    }
  }
}
