package io.snapfs.restore.criu;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * The images of memory that processes share, and of memfds. CRIU always reads them itself, and
 * where a pages file ends early it leaves zeros without a word.
 */
public final class SharedMemory {
  private static final Pattern PAGEMAP = Pattern.compile("pagemap-shmem-\\d{1,20}\\.img");

  private SharedMemory() {}

  /**
   * Looks whether all pages are there.
   *
   * @throws CorruptException if a pages file ends before its pagemap does
   */
  public static void check(ImageFolder folder, int pageSize) throws IOException {
    for (String name : folder.names()) {
      if (PAGEMAP.matcher(name).matches()) {
        check(folder, Pagemap.read(folder, name, pageSize), pageSize);
      }
    }
  }

  private static void check(ImageFolder folder, Pagemap pagemap, int pageSize) throws IOException {
    long wanted = pagemap.bytesHere(pageSize);
    if (wanted == 0) {
      return;
    }
    PagesFile file = folder.pages(pagemap.pagesFile());
    if (file.size() < wanted) {
      throw new CorruptException(
          file.description(),
          -1,
          "it has " + file.size() + " bytes, but " + pagemap.resource() + " wants " + wanted);
    }
  }
}
