package io.snapfs.fusefs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Tells a process that lives from one that was ended but has not gone: proc(5), by its threads. */
final class ProcessEnd {
  private static final Path PROC = Path.of("/proc");

  private ProcessEnd() {}

  /**
   * Whether a process has ended but for a thread that can't: its first thread is a zombie, others
   * are not. The first thread of a JVM waits for all others, so it ends only with the process.
   */
  static boolean isHeldUp(int pid) {
    Path process = PROC.resolve(Integer.toString(pid));
    return hasEnded(process) && !threads(process).stream().allMatch(ProcessEnd::hasEnded);
  }

  private static List<Path> threads(Path process) {
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      return threads.toList();
    } catch (IOException e) {
      return List.of(); // it has gone
    }
  }

  /** Whether a process or thread is a zombie, or dead; false if there is none. */
  private static boolean hasEnded(Path of) {
    try {
      String stat = Files.readString(of.resolve("stat"), StandardCharsets.ISO_8859_1);
      int state = stat.lastIndexOf(')') + 2; // behind the name, which may be anything
      return state < stat.length() && (stat.charAt(state) == 'Z' || stat.charAt(state) == 'X');
    } catch (IOException e) {
      return false;
    }
  }
}
