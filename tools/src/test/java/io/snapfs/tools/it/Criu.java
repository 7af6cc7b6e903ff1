package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The unmodified CRIU of this machine, with a folder for what it writes beside images. */
final class Criu {
  private final Path program;
  private final Path work;

  /** Finds one that works on this kernel. */
  Criu(Path work) throws IOException {
    this.work = Files.createDirectory(work);
    program =
        Path.of(Command.of(Command.REPOSITORY.resolve("tools/find-criu.sh")).succeed().strip());
  }

  /**
   * Dumps a process and what it has started, which kills them; returns when their ids can be had
   * again: until somebody has reaped them CRIU could not restore them.
   */
  void dump(long pid, Path images) throws IOException {
    run("dump", images, "--tree", String.valueOf(pid));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    try (DirectoryStream<Path> cores = Files.newDirectoryStream(images, "core-*.img")) {
      for (Path core : cores) {
        String id = core.getFileName().toString().replaceAll("[^0-9]", "");
        while (Files.exists(Path.of("/proc", id))) {
          assertTrue(System.nanoTime() < deadline, () -> "process " + id + " is still there");
          Thread.onSpinWait();
        }
      }
    }
  }

  /** Restores the processes of a dump, and returns when they run. */
  void restore(Path images, String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--restore-detached");
    run("restore", images, all.toArray(new String[0]));
  }

  private void run(String action, Path images, String... options) throws IOException {
    Command.Outcome outcome = Command.of(program, words(action, images, options)).run();
    assertEquals(0, outcome.code(), () -> "criu " + action + ": " + outcome.output() + log(action));
  }

  /** Starts the daemon that a lazy restore asks for pages, and returns when it listens. */
  Process lazyPages(Path images) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(program.toString()));
    for (Object word : words("lazy-pages", images)) {
      words.add(word.toString());
    }
    Process daemon =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("lazy-pages.out").toFile())
            .start();
    while (Files.notExists(work.resolve("lazy-pages.socket"))) {
      assertTrue(daemon.isAlive(), () -> "lazy-pages ended: " + log("lazy-pages"));
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return daemon;
  }

  private Object[] words(String action, Path images, String... options) {
    List<Object> words = new ArrayList<>(List.of(action, "--images-dir", images));
    words.addAll(List.of("--work-dir", work, "--log-file", action + ".log"));
    words.addAll(List.of(options));
    return words.toArray();
  }

  /** What CRIU logged about an action. */
  String log(String action) {
    try {
      return Files.readString(work.resolve(action + ".log"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
