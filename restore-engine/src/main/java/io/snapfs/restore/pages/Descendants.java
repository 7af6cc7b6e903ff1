package io.snapfs.restore.pages;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/** Finds the processes that descend from one, by /proc. */
final class Descendants {
  private Descendants() {}

  /** All that there are now, children of children included, without the process itself. */
  static Set<Integer> of(int pid) {
    Set<Integer> found = new LinkedHashSet<>();
    addChildren(pid, found);
    return found;
  }

  private static void addChildren(int pid, Set<Integer> found) {
    Path tasks = Path.of("/proc", String.valueOf(pid), "task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        for (int child : children(thread)) {
          if (found.add(child)) {
            addChildren(child, found);
          }
        }
      }
    } catch (IOException e) {
      return; // it has ended; its children are somebody else's now
    }
  }

  private static int[] children(Path thread) {
    try {
      String text = Files.readString(thread.resolve("children"), StandardCharsets.US_ASCII);
      return Arrays.stream(text.split(" ", -1))
          .map(String::strip)
          .filter(word -> !word.isEmpty())
          .mapToInt(Integer::parseInt)
          .toArray();
    } catch (IOException e) {
      return new int[0];
    }
  }
}
