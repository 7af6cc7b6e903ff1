package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A process with a heap, {@code bench/workloads/heap_worker.py}. It keeps its process id through
 * dump and restore. Closing kills it, dumped or restored.
 */
final class Worker implements AutoCloseable {
  /**
   * The line that the worker keeps up to date.
   *
   * @param count how often it was written
   * @param checkSum over the whole heap; never changes
   */
  record Line(long count, String checkSum) {}

  private static final int HEAP_MIB = 48;

  private final Path out;
  private final Process process;

  /** Starts one, and returns when it has written its first line. */
  static Worker start(Path folder) throws IOException, InterruptedException {
    Worker worker = new Worker(folder.resolve("worker-says"));
    try {
      worker.lineAfter(-1);
      return worker;
    } catch (Throwable e) {
      worker.close();
      throw e;
    }
  }

  private Worker(Path out) throws IOException {
    this.out = out;
    Path script = Command.REPOSITORY.resolve("bench/workloads/heap_worker.py");
    Path nowhere = Path.of("/dev/null");
    // A session of its own and no pipes, so that the dump holds nothing of the test's.
    process =
        new ProcessBuilder(
                "setsid", "python3", script.toString(), out.toString(), String.valueOf(HEAP_MIB))
            .redirectInput(nowhere.toFile())
            .redirectOutput(nowhere.toFile())
            .redirectError(nowhere.toFile())
            .start();
  }

  long pid() {
    return process.pid();
  }

  /** Waits until it was killed and reaped, so that its process id can be had again. */
  void awaitEnd() throws InterruptedException {
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the worker lives on");
  }

  /** The first line whose count is above another. */
  Line lineAfter(long count) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (System.nanoTime() - deadline < 0) {
      Line line = line();
      if (line.count > count) {
        return line;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new AssertionError("worker " + pid() + " writes nothing after line " + count);
  }

  /** The last line, or one with count -1 if there is none yet. */
  Line line() throws IOException {
    if (Files.notExists(out)) {
      return new Line(-1, "");
    }
    String[] words = Files.readString(out).strip().split(" ", -1);
    return new Line(Long.parseLong(words[0]), words[1]);
  }

  @Override
  public void close() throws IOException {
    Path commandLine = Path.of("/proc", String.valueOf(pid()), "cmdline");
    // Its command line tells the worker from a stranger with the same process id.
    if (Files.exists(commandLine)
        && Files.readString(commandLine, StandardCharsets.ISO_8859_1).contains(out.toString())) {
      Command.of("kill", "-9", pid()).succeed();
    }
  }
}
